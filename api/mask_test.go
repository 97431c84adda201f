package api

import "testing"

func TestAccountDataIsMasked(t *testing.T) {
	for number, want := range map[string]string{"": "", "1": "****", "1234567": "****", "12345678": "****5678", "6281388370001": "****0001", "12345678éüöä": "****éüöä"} {
		if got := MaskNumber(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
	for name, want := range map[string]string{"": "", "John Doe": "J. D.", " Siti ": "S.", "Ñoño": "Ñ."} {
		if got := MaskName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
