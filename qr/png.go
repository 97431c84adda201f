package qr

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// MaxModulePixels bounds a PNG's scale; the largest code is then 5920 pixels a
// side.
const MaxModulePixels = 32

// PNG returns text as a PNG image: black on white, a quiet zone of 4 modules,
// modulePixels (1 to MaxModulePixels) pixels a module, level M or else L. The
// error is ErrEmpty, a TooLong, or names the scale.
func PNG(text string, modulePixels int) ([]byte, error) {
	if modulePixels < 1 || modulePixels > MaxModulePixels {
		return nil, fmt.Errorf("qr: %d pixels a module: want 1 to %d", modulePixels, MaxModulePixels)
	}
	code, err := newCode(text, M)
	if errors.As(err, new(TooLong)) {
		code, err = newCode(text, L)
	}
	if err != nil {
		return nil, err
	}
	image, err := code.PNG(-modulePixels)
	if err != nil {
		return nil, fmt.Errorf("qr: writing the PNG: %w", err)
	}
	return image, nil
}

// WritePNG writes PNG's image to path, readable by its owner alone. It goes
// through a temporary file in the same folder and a rename, so that path holds
// what it held before or the whole image.
func WritePNG(path, text string, modulePixels int) error {
	image, err := PNG(text, modulePixels)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".qr-*.png") // mode 0600
	if err != nil {
		return fmt.Errorf("qr: saving the PNG: %w", err)
	}
	_, err = f.Write(image)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("qr: saving the PNG: %w", err)
	}
	return nil
}
