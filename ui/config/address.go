package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

var (
	hostPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	})
	prefixPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`) })
)

// baseURL checks a provider's base URL and gives it the one form that records
// are bound to: small letters, no default port, no slash at the end.
func (d *decoder) baseURL(p *Provider, path string, sandbox bool) {
	if p.BaseURL == "" {
		parent := strings.TrimSuffix(path, ".baseUrl")
		d.need(parent, "baseUrl", true, "write the provider's address, such as https://snap.finnet.co.id")
		return
	}
	u, err := url.Parse(p.BaseURL)
	if err != nil || u.Opaque != "" || u.Host == "" {
		d.fail(path, "is no address; write it as https://host or https://host/prefix")
		return
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	prefix := strings.TrimRight(u.EscapedPath(), "/")
	local := loopback(host)
	ip, notIP := netip.ParseAddr(host)
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		d.fail(path, "has a scheme that cashier does not speak; write https://")
	case u.User != nil:
		d.fail(path, "holds a user or password; remove it and use clientKey and privateKey")
	case strings.ContainsAny(p.BaseURL, "?"):
		d.fail(path, "holds a query (?); remove it")
	case strings.ContainsAny(p.BaseURL, "#"):
		d.fail(path, "holds a fragment (#); remove it")
	case ip.Zone() != "" || notIP != nil && !hostPattern().MatchString(host):
		d.fail(path, "has a host that is no name of letters, digits, dots and hyphens; correct it (write an international name as xn--…)")
	case !validPort(port) || strings.HasSuffix(u.Host, ":"):
		d.fail(path, "has a wrong port; write a number from 1 to 65535, or none")
	case !prefixPattern().MatchString(prefix) || strings.Contains(prefix+"/", "/./") || strings.Contains(prefix+"/", "/../"):
		d.fail(path, "has a path that is not plain; write https://host/prefix without //, . and .. and %%")
	case u.Scheme == "http" && !local:
		d.fail(path, "http:// is only allowed to this machine; write https://")
	case sandbox && !local:
		d.fail(path, `is not this machine, and a sandbox profile moves no real money; write a loopback address, or "sandbox":false`)
	default:
		if u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
			port = ""
		}
		switch {
		case port != "":
			host = net.JoinHostPort(host, port)
		case strings.Contains(host, ":"):
			host = "[" + host + "]"
		}
		p.BaseURL = u.Scheme + "://" + host + prefix
	}
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// loopback says whether a host is this machine by its very name.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}
