// Package programtest runs the program in tests as an operator does: a process of
// its own, with nothing but flags and an environment.
//
// [Serve] starts a node on free ports. [Client] sends it requests, and [Result] runs a
// command to its end. The program is built once in a process of tests, with the race
// detector where the tests have it; [Main] removes it.
package programtest
