package peer

import (
	"net/netip"
	"strings"
)

// The first name that a User-Agent contains is used, as most name other browsers too.
var (
	browserSigns = [][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"YaBrowser", "Yandex"}, {"Firefox/", "Firefox"},
		{"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systemSigns = [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "Mac"}, {"Linux", "Linux"},
	}
)

// Device names the browser and system of a User-Agent header: "Chrome/Windows", either
// part empty when it is unknown. No text of the stranger's is in it.
func Device(agent string) string {
	sign := func(signs [][2]string) string {
		for _, s := range signs {
			if strings.Contains(agent, s[0]) {
				return s[1]
			}
		}
		return ""
	}
	return sign(browserSigns) + "/" + sign(systemSigns)
}

// ShortAddress is enough of an address to recognise the clinic's network. It has the
// first three numbers of IPv4, or the first three groups of IPv6.
func ShortAddress(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	switch {
	case a.Is4():
		text := a.String()
		return text[:strings.LastIndexByte(text, '.')] + ".*"
	case a.Is6():
		p, err := a.Prefix(48)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(p.Addr().String(), "::") + ":*"
	default:
		return ""
	}
}
