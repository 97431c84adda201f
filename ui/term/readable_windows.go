package term

import "os"

// readable is unknown for a console: its events are not all keys.
func readable(*os.File) bool { return false }
