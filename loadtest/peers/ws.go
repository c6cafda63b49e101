package main

// wsPeer is the library that most of Node's WebSockets go through, used as its
// own example of a broadcast does.
func wsPeer() peer { return nodePeer("ws", "Node.js, ws", "/watch", "ws.mjs") }
