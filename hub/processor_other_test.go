//go:build !unix

package hub

// processorTime is not available on this system. The benchmarks do not report it.
func processorTime() (user, system int64) { return 0, 0 }
