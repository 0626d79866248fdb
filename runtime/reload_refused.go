package runtime

import (
	"context"
	"fmt"
	"time"
)

// RefuseReload is a reload that fails before it begins, as a saved file can't be read: the
// services stay as they are, and the failure stands in the log, the history and their
// ServiceInfo like that of any other, until a reload succeeds. path is the file,
// absolute: once its bytes are there, [Node.Affected] lists the services, whatever
// they are. A service that doesn't get to it before ctx ends has no record yet.
func (n *Node) RefuseReload(ctx context.Context, services []Handle, path, trigger string, reason error) []ReloadRecord {
	var records []ReloadRecord
	for _, h := range services {
		s, err := n.Service(h)
		if err != nil {
			continue // it has ended meanwhile
		}
		record := ReloadRecord{Service: h, Script: s.script, Trigger: trigger, Err: reason}
		if n.ask(ctx, s, func(s *Service) { record.From = s.refuseReload(record, path) }) == nil {
			records = append(records, record)
		}
	}
	return records
}

// refuseReload is RefuseReload, on the service's own worker. It returns the generation that
// goes on.
func (s *Service) refuseReload(record ReloadRecord, path string) int {
	if s.code == nil || s.leaving != nil {
		return 0
	}
	record.At, record.From = time.Now(), s.code.number
	s.tried = noFiles()
	s.tried.loaded[path] = &loadedFile{} // not what it has
	s.record(record)
	s.node.events.emit(Event{
		Kind: EventReloadFailed, Service: s.actor.Handle(), Script: s.script, Generation: record.From, Text: fmt.Sprint(record.Err),
	})
	return record.From
}
