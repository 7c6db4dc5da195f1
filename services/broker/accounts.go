package broker

import "fmt"

type login struct{ name, password string }

// gate is where readers' requests to create a consumer arrive; see guard.
const gate = "$KASSA.CONSUMER.CREATE.KASSA"

// accounts separates the one that writes from those that read. Subject
// permissions alone would be no wall: JetStream answers to any reply subject,
// so a client that may only ask for messages could store one under any subject
// by choosing it as the reply. Across accounts the answer stays in the asker's.
//
// Every account has its own $JS.API, answered by the server itself, so the
// readers' is mapped to $READ.API before it is imported: else both would answer.
//
// KASSA owns the stream and admits only connections from inside the process, by
// a password made anew at each start. READERS is everybody who connects to the
// listener, without credentials: they may look at the stream, create pull
// consumers, fetch and acknowledge, and nothing else. They see every tenant's
// facts and share the account, so one may disturb another's consumer; a reader
// who must be kept from that belongs on a NATS server with accounts of its own.
// For the same reason nothing of ours may depend on a consumer with a guessable
// name.
func accounts(writer login) string {
	return fmt.Sprintf(`
accounts {
  KASSA {
    jetstream: enabled
    users: [ { user: %q, password: %q, allowed_connection_types: ["IN_PROCESS"] } ]
    exports: [
      { service: "$JS.API.STREAM.INFO.KASSA" }
      { service: "$JS.API.CONSUMER.INFO.KASSA.*" }
      { service: "$JS.API.CONSUMER.DELETE.KASSA.*" }
      { service: "$JS.API.CONSUMER.MSG.NEXT.KASSA.*", response: stream }
      { service: "$JS.ACK.KASSA.>" }
      { service: "$JS.ACK.*.*.KASSA.>" }
      { service: "%[3]s.>" }
    ]
  }
  READERS {
    users: [ { user: reader, password: reader, permissions: {
      publish: [ "$READ.API.>", "$JS.ACK.KASSA.>", "$JS.ACK.*.*.KASSA.>" ] # as mapped
      subscribe: [ "_INBOX.>" ]
    } } ]
    mappings: { "$JS.API.>": "$READ.API.>" }
    imports: [
      { service: { account: KASSA, subject: "$JS.API.STREAM.INFO.KASSA" }, to: "$READ.API.STREAM.INFO.KASSA" }
      { service: { account: KASSA, subject: "$JS.API.CONSUMER.INFO.KASSA.*" }, to: "$READ.API.CONSUMER.INFO.KASSA.*" }
      { service: { account: KASSA, subject: "$JS.API.CONSUMER.DELETE.KASSA.*" }, to: "$READ.API.CONSUMER.DELETE.KASSA.*" }
      { service: { account: KASSA, subject: "$JS.API.CONSUMER.MSG.NEXT.KASSA.*" }, to: "$READ.API.CONSUMER.MSG.NEXT.KASSA.*" }
      { service: { account: KASSA, subject: "%[3]s.>" }, to: "$READ.API.CONSUMER.CREATE.KASSA.>" }
      { service: { account: KASSA, subject: "$JS.ACK.KASSA.>" } }
      { service: { account: KASSA, subject: "$JS.ACK.*.*.KASSA.>" } }
    ]
  }
}
no_auth_user: reader
`, writer.name, writer.password, gate)
}
