package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

const (
	block     = 4 << 10 // a page of SQLite's, and of most disks
	logBlocks = 1024
)

// measureDisk finds out what a durable commit costs at least: one block is
// written to a file and is on the disk. The file has its full length before,
// like a write-ahead log that has been round once.
func (r *run) measureDisk(ctx context.Context) (err error) {
	f, err := r.diskFigure(ctx)
	if err == nil {
		r.figures = append(r.figures, f)
	}
	return err
}

// diskFigure measures once in a run: others are compared with it.
func (r *run) diskFigure(ctx context.Context) (_ Figure, err error) {
	if r.disk.Rate > 0 {
		return r.disk, nil
	}
	r.tell("disk: write and sync of 4 KiB")
	file, err := os.Create(filepath.Join(r.dir, "log"))
	if err != nil {
		return Figure{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(make([]byte, block*logBlocks)); err != nil {
		return Figure{}, err
	}
	if err := file.Sync(); err != nil {
		return Figure{}, err
	}
	n, content := int64(0), make([]byte, block)
	s, err := during(ctx, r.Each, 1, func(context.Context, int) error {
		content[0]++
		n++
		if _, err := file.WriteAt(content, n%logBlocks*block); err != nil {
			return err
		}
		return dataSync(file)
	})
	r.disk = s.figure("disk: 4 KiB and sync", "commits", 1)
	return r.disk, err
}
