package store

import (
	"os"

	"golang.org/x/sys/windows"
)

var (
	errnosFull     = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}
	errnosReadOnly = []error{windows.ERROR_WRITE_PROTECT}
)

// renamesOpenFiles: a file cannot be given another name while it is open.
const renamesOpenFiles = false

// alive reports whether a process of that number runs, whoever's it is.
func alive(pid int) bool {
	const stillActive = 259 // GetExitCodeProcess, STILL_ACTIVE
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return err == windows.ERROR_ACCESS_DENIED
	}
	defer windows.CloseHandle(h)
	var code uint32
	return windows.GetExitCodeProcess(h, &code) == nil && code == stillActive
}

// freeSpace is what this user may still write to the folder's disk, in bytes.
func freeSpace(dir string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}

// syncDir has nothing to do: NTFS journals renames itself.
func syncDir(string) error { return nil }

// inUse leaves it to the system: an open file cannot be renamed here.
func inUse(string) bool { return false }

// hold cannot keep others away: what is open could not be renamed here.
func hold(string) (release func(), held bool, err error) { return func() {}, true, nil }

// unlock has nothing to do: closing the file does it.
func unlock(*os.File) error { return nil }
