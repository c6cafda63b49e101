package main

// socketIOPeer is the library that one takes in Node for "real time", with a
// client that has come straight to WebSocket.
func socketIOPeer() peer {
	p := nodePeer("socket.io", "Node.js, Socket.IO", "/socket.io/?EIO=4&transport=websocket", "socketio.mjs")
	p.socketIO = true
	return p
}
