package broker

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"kassa/eventstore/message"
)

const (
	createTimeout = 5 * time.Second
	// maxIdle bounds how long a consumer without a name outlives its reader.
	maxIdle = 10 * time.Minute
)

// guard stands before consumer creation for the readers of an embedded server.
// A consumer that pushes would publish inside the writer's account, to any
// subject its creator names, so only pull consumers pass.
func guard(conn *nats.Conn) error {
	_, err := conn.Subscribe(gate+".>", func(m *nats.Msg) {
		answer, err := create(conn, m)
		if err != nil {
			answer = refusal(err)
		}
		// A reader that has gone away is no fault of ours.
		_ = m.Respond(answer)
	})
	if err != nil {
		return fmt.Errorf("broker: guard: %w", err)
	}
	return nil
}

// create forwards what was checked, not what was sent: the same bytes might
// read differently to the server.
func create(conn *nats.Conn, m *nats.Msg) ([]byte, error) {
	var req server.CreateConsumerRequest
	if err := json.Unmarshal(m.Data, &req); err != nil {
		return nil, fmt.Errorf("unreadable request: %w", err)
	}
	if err := admit(&req); err != nil {
		return nil, err
	}
	body, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	subject := "$JS.API.CONSUMER.CREATE.KASSA" + strings.TrimPrefix(m.Subject, gate)
	answer, err := conn.Request(subject, body, createTimeout)
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}

func admit(req *server.CreateConsumerRequest) error {
	switch c := &req.Config; {
	case req.Stream != message.Stream:
		return fmt.Errorf("only stream %s may be read", message.Stream)
	case c.DeliverSubject != "" || c.DeliverGroup != "":
		return fmt.Errorf("only pull consumers may be created; leave deliver_subject empty")
	case c.Direct || c.Sourcing:
		return fmt.Errorf("only ordinary consumers may be created")
	case c.Durable == "" && (c.InactiveThreshold <= 0 || c.InactiveThreshold > maxIdle):
		c.InactiveThreshold = maxIdle
	}
	return nil
}

func refusal(err error) []byte {
	body, _ := json.Marshal(server.JSApiConsumerCreateResponse{ApiResponse: server.ApiResponse{
		Type:  server.JSApiConsumerCreateResponseType,
		Error: &server.ApiError{Code: 403, ErrCode: 10003, Description: err.Error()},
	}})
	return body
}
