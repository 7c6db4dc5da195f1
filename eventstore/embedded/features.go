package embedded

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
)

// protocolVersion is the EventStoreDB release whose behaviour this is. Clients
// parse it as numbers and choose features by it.
const protocolVersion = "24.10.4"

// featuresService tells clients which calls they may make.
type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

func (featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	supported := &serverfeatures.SupportedMethods{EventStoreServerVersion: protocolVersion}
	for _, service := range []grpc.ServiceDesc{streams.Streams_ServiceDesc, serverfeatures.ServerFeatures_ServiceDesc, gossip.Gossip_ServiceDesc} {
		add := func(method string) {
			// Clients compare in lower case.
			supported.Methods = append(supported.Methods, &serverfeatures.SupportedMethod{
				ServiceName: strings.ToLower(service.ServiceName), MethodName: strings.ToLower(method),
			})
		}
		for _, m := range service.Methods {
			add(m.MethodName)
		}
		for _, m := range service.Streams {
			add(m.StreamName)
		}
	}
	return supported, nil
}

// gossipService describes a cluster of one, for clients told to discover it.
type gossipService struct {
	gossip.UnimplementedGossipServer
	id      uuid.UUID
	address *gossip.EndPoint
	now     func() time.Time
}

func newGossipService(addr net.Addr, now func() time.Time) *gossipService {
	if now == nil {
		now = time.Now
	}
	tcp := addr.(*net.TCPAddr) // the server listens to nothing else
	return &gossipService{id: uuid.New(), now: now, address: &gossip.EndPoint{Address: tcp.IP.String(), Port: uint32(tcp.Port)}}
}

func (g *gossipService) Read(context.Context, *shared.Empty) (*gossip.ClusterInfo, error) {
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		InstanceId:   structuredID(g.id),
		TimeStamp:    g.now().UnixNano() / 100,
		State:        gossip.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: g.address,
	}}}, nil
}
