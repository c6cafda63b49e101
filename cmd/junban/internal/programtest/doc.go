// Package programtest runs the program in tests as an operator does. It is a
// separate process, configured by flags and environment only.
//
// [Serve] starts a node on free ports. [Client] sends it requests. [Result]
// runs a command to its end. The program is built once per test process, with
// the race detector if the tests use it; [Main] removes it.
package programtest
