package cpm

import (
	"encoding/json"

	"cashier/api"
)

// scannerInfo is seed 003, service 60, request body.
type scannerInfo struct {
	DeviceID      string `json:"deviceId,omitempty" table:"O,64"`
	DeviceVersion string `json:"deviceVersion,omitempty" table:"O,128"`
	DeviceModel   string `json:"deviceModel,omitempty" table:"O,128"`
	DeviceIP      string `json:"deviceIp,omitempty" table:"O,64"`
}

// additionalInfo has the names of the samples. The document gives it no table;
// the lengths are those of scannerInfo.deviceId.
type additionalInfo struct {
	DeviceID string `json:"deviceId,omitempty" table:"O,64"`
	Channel  string `json:"channel,omitempty" table:"O,64"`
}

// item has the names of the sample. The document gives it no table; the
// lengths are those of an identifier and of title.
type item struct {
	ProductID   string `json:"productId,omitempty" table:"O,64"`
	ProductName string `json:"productName,omitempty" table:"O,256"`
	Quantity    string `json:"qty,omitempty" table:"O,64"`
	Description string `json:"desc,omitempty" table:"O,256"`
}

// items is an object in the document, which knows one item only; several are
// written as a list.
type items []item

// MarshalJSON writes the object or the list.
func (i items) MarshalJSON() ([]byte, error) {
	if len(i) == 1 {
		return api.Encode(i[0])
	}
	return api.Encode([]item(i))
}

func itemsOf(bought []api.PaymentItem) (items, error) {
	var all items
	for _, b := range bought {
		one := item(b)
		if err := api.Check(one); err != nil {
			return nil, under("items", err)
		}
		if one != (item{}) {
			all = append(all, one)
		}
	}
	return all, nil
}

// infoOf is the terminal's additionalInfo, nil when there is nothing to say.
func infoOf(t api.Terminal) *additionalInfo {
	info := additionalInfo{DeviceID: t.DeviceID, Channel: t.Channel}
	if info == (additionalInfo{}) {
		return nil
	}
	return &info
}

func scannerOf(t api.Terminal) *scannerInfo {
	info := scannerInfo{DeviceID: t.DeviceID, DeviceVersion: t.DeviceVersion, DeviceModel: t.DeviceModel, DeviceIP: t.DeviceIP}
	if info == (scannerInfo{}) {
		return nil
	}
	return &info
}

var (
	_ json.Marshaler = items{}
	_ json.Marshaler = sealed("")
)
