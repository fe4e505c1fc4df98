// Sends letters as listmonk's engine does: Go's templates for each reader, and the library smtppool.
// Usage: listmonk_letters FOLDER PORT LETTERS CONNECTIONS
package main

import (
	"bytes"
	"fmt"
	"html/template"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/knadh/smtppool/v2"
)

type reader struct{ Name, Email string }

func parsed(folder, file string) *template.Template {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		log.Fatal(err)
	}
	return template.Must(template.New(file).Parse(strings.ReplaceAll(string(text), "{{name}}", "{{.Name}}")))
}

func rendered(of *template.Template, to reader) []byte {
	var out bytes.Buffer
	if err := of.Execute(&out, to); err != nil {
		log.Fatal(err)
	}
	return out.Bytes()
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	folder, port, letters, connections := os.Args[1], number(os.Args[2]), number(os.Args[3]), number(os.Args[4])
	html, text := parsed(folder, "letter.html"), parsed(folder, "letter.txt")
	pool, err := smtppool.New(smtppool.Opt{
		Host: "127.0.0.1", Port: port, MaxConns: connections, IdleTimeout: time.Minute, PoolWaitTimeout: time.Minute,
	})
	if err != nil {
		log.Fatal(err)
	}
	readers := make(chan reader, 100)
	var workers sync.WaitGroup
	for range make([]struct{}, connections) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for to := range readers {
				err := pool.Send(smtppool.Email{
					From: "Nyt <nyt@forening.example>", To: []string{to.Email}, Subject: "Nyt til " + to.Name,
					HTML: rendered(html, to), Text: rendered(text, to),
				})
				if err != nil {
					log.Fatal(err)
				}
			}
		}()
	}
	for i := 0; i < letters; i++ {
		readers <- reader{fmt.Sprintf("Navn%d", i), fmt.Sprintf("p%d@kommune.example", i)}
	}
	close(readers)
	workers.Wait()
	pool.Close()
}
