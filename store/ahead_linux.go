package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// aheadMost is what one request reads at most: the system cuts longer ones to
// what it reads ahead on that disk, mostly this much.
const aheadMost = 128 << 10

// willNeed has the system read a part of the file without waiting for it.
func willNeed(f *os.File, at, size int64) {
	for ; size > 0; at, size = at+aheadMost, size-aheadMost {
		if unix.Fadvise(int(f.Fd()), at, min(size, aheadMost), unix.FADV_WILLNEED) != nil {
			return
		}
	}
}
