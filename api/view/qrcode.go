package view

import (
	"junban/api/wire"
	"junban/static"
)

// QrCode draws a link for a screen.
func QrCode(link string) (wire.QRCode, error) {
	size, path, err := static.Code(link)
	return wire.QRCode{Size: size, Path: path}, err
}
