// Package ui is the shell around the screens: it owns the terminal's frame,
// the keys, the dialogs, the notices, the palette and the way in and out.
//
// It knows a screen only by the Screen interface. A screen draws a body and
// lists bindings; everything else happens here, once:
//
//   - root.go receives every message, router.go holds the stack of screens and
//     brings a command's answer back to the screen that asked for it;
//   - keyboard.go decides who gets a key, scan.go keeps scanned codes apart
//     from keys, binding.go is the one table behind keys, footer, help,
//     palette and README;
//   - dialog.go, palette.go and help.go are the overlays;
//   - command.go is what a screen may ask for, task.go what it runs;
//   - list.go, form.go and block.go are what screens are made of;
//   - run.go starts and ends the program.
package ui
