// Package learn takes in what a clinic's sessions teach: how long visits take, how
// many patients come, and how true the forecasts were.
//
// It plays a day once more from its log. At each entry it makes the snapshot that
// viewers had then, keeps the forecasts that they were shown, and compares them
// with the calls. What is learned goes to package lessons, where the line reads it
// with its next snapshot. Each session is taken in once, whichever nodes ask.
package learn
