package pbc

import (
	"strconv"
	"strings"

	"devnode/runtime/internal/protobuf"
)

// descriptions are the messages in which types are described, which parsers of .proto files encode: their fields, each with its
// number, kind or type, and * where there are many.
const descriptions = `
FileDescriptorSet 1*file:FileDescriptorProto
FileDescriptorProto 1name:string 2package:string 3*dependency:string 4*message_type:DescriptorProto 5*enum_type:EnumDescriptorProto 6*service:ServiceDescriptorProto 7*extension:FieldDescriptorProto 8options:FileOptions 12syntax:string
DescriptorProto 1name:string 2*field:FieldDescriptorProto 3*nested_type:DescriptorProto 4*enum_type:EnumDescriptorProto 5*extension_range:DescriptorProto.ExtensionRange 6*extension:FieldDescriptorProto 7options:MessageOptions 8*oneof_decl:OneofDescriptorProto
DescriptorProto.ExtensionRange 1start:int32 2end:int32
OneofDescriptorProto 1name:string
FieldDescriptorProto 1name:string 2extendee:string 3number:int32 4label:FieldDescriptorProto.Label 5type:FieldDescriptorProto.Type 6type_name:string 7default_value:string 8options:FieldOptions 9oneof_index:int32 10json_name:string
EnumDescriptorProto 1name:string 2*value:EnumValueDescriptorProto 3options:EnumOptions
EnumValueDescriptorProto 1name:string 2number:int32 3options:EnumValueOptions
ServiceDescriptorProto 1name:string 2*method:MethodDescriptorProto 3options:ServiceOptions
MethodDescriptorProto 1name:string 2input_type:string 3output_type:string 4options:MethodOptions
FileOptions 1java_package:string 8java_outer_classname:string 9optimize_for:FileOptions.OptimizeMode 10java_multiple_files:bool 11go_package:string 16cc_generic_services:bool 17java_generic_services:bool 18py_generic_services:bool 20java_generate_equals_and_hash:bool 999*uninterpreted_option:UninterpretedOption
MessageOptions 1message_set_wire_format:bool 2no_standard_descriptor_accessor:bool 7map_entry:bool 999*uninterpreted_option:UninterpretedOption
FieldOptions 1ctype:FieldOptions.CType 2packed:bool 3deprecated:bool 5lazy:bool 9experimental_map_key:string 999*uninterpreted_option:UninterpretedOption
EnumOptions 2allow_alias:bool 999*uninterpreted_option:UninterpretedOption
EnumValueOptions 999*uninterpreted_option:UninterpretedOption
ServiceOptions 999*uninterpreted_option:UninterpretedOption
MethodOptions 999*uninterpreted_option:UninterpretedOption
UninterpretedOption 2*name:UninterpretedOption.NamePart 3identifier_value:string 4positive_int_value:uint64 5negative_int_value:int64 6double_value:double 7string_value:bytes 8aggregate_value:string
UninterpretedOption.NamePart 1name_part:string 2is_extension:bool
`

// enumerations are those of the descriptions.
const enumerations = `
FieldDescriptorProto.Label LABEL_OPTIONAL=1 LABEL_REQUIRED=2 LABEL_REPEATED=3
FileOptions.OptimizeMode SPEED=1 CODE_SIZE=2 LITE_RUNTIME=3
FieldOptions.CType STRING=0 CORD=1 STRING_PIECE=2
`

// builtin adds the types of descriptions.
func (e *env) builtin() {
	const space = "google.protobuf."
	var set protobuf.FileInfo
	set.Name = protobuf.Name{Text: "google/protobuf/descriptor.proto", Set: true}
	enums := enumerations
	enums += "FieldDescriptorProto.Type"
	for k := protobuf.Double; k <= protobuf.Sint64; k++ {
		enums += " TYPE_" + strings.ToUpper(k.String()) + "=" + number(int32(k))
	}
	for line := range strings.Lines(enums) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		info := protobuf.EnumInfo{Name: protobuf.Name{Text: space + words[0]}}
		for _, word := range words[1:] {
			name, value, _ := strings.Cut(word, "=")
			info.Values = append(info.Values, protobuf.EnumValue{Name: protobuf.Name{Text: name}, Number: parsed(value)})
		}
		set.Enums = append(set.Enums, info)
	}
	isEnum := func(name string) bool { return strings.Contains(enums, "\n"+name+" ") }
	for line := range strings.Lines(descriptions) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		info := protobuf.MessageInfo{Name: protobuf.Name{Text: space + words[0]}}
		for _, word := range words[1:] {
			info.Fields = append(info.Fields, described(word, space, isEnum))
		}
		set.Messages = append(set.Messages, info)
	}
	r := newRegistrar(e)
	r.file(&set)
	r.done()
}

// described is a field of a word as 1*file:FileDescriptorProto.
func described(word, space string, isEnum func(string) bool) protobuf.FieldInfo {
	name := strings.TrimLeft(word, "0123456789*")
	digits := word[:len(word)-len(name)]
	f := protobuf.FieldInfo{Label: 1, Packed: -1, Number: parsed(strings.TrimSuffix(digits, "*"))}
	if strings.HasSuffix(digits, "*") {
		f.Label = protobuf.Repeated
	}
	name, of, _ := strings.Cut(name, ":")
	f.Name = protobuf.Name{Text: name, Set: true}
	kind, ok := protobuf.KindOf(of)
	if !ok {
		kind = protobuf.Message
		if isEnum(of) {
			kind = protobuf.Enum
		}
		f.TypeName = protobuf.Name{Text: "." + space + of, Set: true}
	}
	f.Kind = kind
	return f
}

func number(n int32) string { return strconv.Itoa(int(n)) }

func parsed(text string) int32 {
	n, _ := strconv.Atoi(text)
	return int32(n)
}
