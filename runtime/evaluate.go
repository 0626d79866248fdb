package runtime

import (
	"fmt"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"devnode/runtime/lua/syntax"
	"devnode/runtime/lua/vm"
)

// evalTime bounds the evaluation of arguments.
const evalTime = time.Second

// EvalArguments evaluates a list of Lua expressions in an empty environment:
// what the console's call command gives.
func (n *Node) EvalArguments(source string) ([]lua.LValue, error) {
	if strings.TrimSpace(source) == "" {
		return nil, nil
	}
	proto, err := syntax.Compile([]byte("return "+source), "=arguments")
	if err != nil {
		return nil, err
	}
	v := vm.New(n.pool)
	defer v.Close()
	v.Explain = syntax.Explain
	v.OnInterrupt = func(*vm.Fiber) error { return fmt.Errorf("the arguments take longer than %s to evaluate", evalTime) }
	limit := time.AfterFunc(evalTime, v.Interrupt)
	defer limit.Stop()
	f := v.NewFiber(nil)
	defer f.Release()
	f.Start(v.NewClosure(proto))
	f.Resume()
	if err := f.Failure(); err != nil {
		return nil, fmt.Errorf("%s", err.Value)
	}
	return f.Results(), nil
}
