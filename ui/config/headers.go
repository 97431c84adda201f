package config

import (
	"maps"
	"slices"
	"strconv"

	"cashier/api/snap"
)

// optionalHeaders are the headers that an operation may carry or not; the
// others (Authorization, X-TIMESTAMP, X-SIGNATURE, X-PARTNER-ID) always go.
func optionalHeaders() []string {
	return []string{
		snap.HeaderAuthorizationCustomer, snap.HeaderOrigin, snap.HeaderExternalID, snap.HeaderIPAddress,
		snap.HeaderDeviceID, snap.HeaderLatitude, snap.HeaderLongitude, snap.HeaderChannelID,
	}
}

// sends tells whether a header that the dialect's document has in all of its
// sets is left in one of them by the profile.
func (row dialect) sends(p *Provider, header string) bool {
	return row.channel && slices.ContainsFunc(slices.Collect(maps.Keys(row.signature)), func(service string) bool {
		set, said := p.Headers[service]
		return !said || slices.Contains(set, header)
	})
}

func (d *decoder) headerSet(path string, set []string) {
	known := optionalHeaders()
	for i, name := range set {
		at := path + "[" + strconv.Itoa(i) + "]"
		switch {
		case d.failed(at) || d.failed(path):
		case !slices.Contains(known, name):
			d.fail(at, "is no header that can be chosen; %s", suggest(name, "use some of: ", known))
		case slices.Contains(set[:i], name):
			d.fail(at, "stands twice in this list; remove one")
		}
	}
}
