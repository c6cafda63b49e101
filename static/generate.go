package static

//go:generate go run ./build
