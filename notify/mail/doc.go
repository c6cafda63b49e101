// Package mail sends mail through the operator's relay. It knows no clinic.
package mail
