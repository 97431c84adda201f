//go:build unix

package paper

import "syscall"

const notBlocking = syscall.O_NONBLOCK | syscall.O_NOCTTY
