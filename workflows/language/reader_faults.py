"""What can be wrong with a file before its content is looked at, said in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.terms import Position
from jianban.workflows.texts import Text


def fault(what: str, position: Position, **values: object) -> Problem:
    """A problem of the table; `values` fill its message."""
    code, message, remedy = _FAULTS[what]
    return Problem(code=code, message=message.format(**values), remedy=remedy, position=position)


def syntax(file: str, error: yaml.YAMLError, lines: list[str]) -> Problem:
    """What libyaml found, where it found it; `lines` are those of the file."""
    mark = problem = None
    if isinstance(error, yaml.MarkedYAMLError):
        mark, problem = error.problem_mark or error.context_mark, error.problem
    position = Position(file=file, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1)
    known = next((text for words, text in _SYNTAX if words in (problem or "")), _SYNTAX_OTHER)
    # libyaml stumbles over these on the line itself or only on the next one
    for number in (position.line, position.line - 1):
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            at = Position(file=file, line=number, column=line.index("\t") + 1)
            return Problem(code="J107", message=_TAB, remedy=_TAB_REMEDY, position=at)
        if match := _WIDE_COLON.match(line):
            at = Position(file=file, line=number, column=match.end())
            return Problem(code="J107", message=_WIDE, remedy=WIDE_REMEDY, position=at)
    return Problem(code="J107", message=known, remedy=_SYNTAX_REMEDY, position=position)


_FAULTS: Mapping[str, tuple[str, Text, Text]] = {
    "missing": (
        "J100",
        Text("找不到文件“{name}”", "There is no file “{name}”"),
        Text("请核对路径", "Check the path"),
    ),
    "unreadable": (
        "J100",
        Text("文件“{name}”无法读取（{reason}）", "The file “{name}” cannot be read ({reason})"),
        Text("请核对路径和权限", "Check the path and its permissions"),
    ),
    "folder": (
        "J100",
        Text("“{name}”是目录，不是文件", "“{name}” is a folder, not a file"),
        Text("请写明目录中的一个定义文件", "Name a definition file in it"),
    ),
    "special": (
        "J100",
        Text("“{name}”不是普通文件", "“{name}” is no regular file"),
        Text("管道中的内容请用 - 从标准输入读取", "Read a pipe from standard input, with -"),
    ),
    "not_text": (
        "J101",
        Text("文件不是 UTF-8 文本", "The file is not UTF-8 text"),
        Text("请以 UTF-8 编码另存为文本文件", "Save it as a text file in UTF-8"),
    ),
    "control": (
        "J101",
        Text("文字中有控制字符", "The text holds a control character"),
        Text("请删去", "Remove it"),
    ),
    "too_large": (
        "J102",
        Text("文件超过 {limit:,} 字节", "The file is larger than {limit:,} bytes"),
        Text("请拆分为多个流程，用 call 调用", "Split it into several processes and `call` them"),
    ),
    "too_many": (
        "J102",
        Text("文件内容超过 {limit:,} 项", "The file holds more than {limit:,} values"),
        Text("请拆分为多个流程，用 call 调用", "Split it into several processes and `call` them"),
    ),
    "too_deep": (
        "J103",
        Text("嵌套超过 {limit:,} 层", "Nested more than {limit:,} levels deep"),
        Text(
            "请把内层拆为另一个流程，用 call 调用",
            "Move the inner part to a process of its own and `call` it",
        ),
    ),
    "expands": (
        "J104",
        Text("别名展开后超过 {limit:,} 项", "With its aliases the file holds more than {limit:,} values"),
        Text("请少用别名，直接写出内容", "Use fewer aliases and write the content out"),
    ),
    "no_anchor": (
        "J105",
        Text("别名“*{name}”没有对应的锚点", "The alias “*{name}” has no anchor"),
        Text(
            "请先用“&名称”定义锚点；若本意是文字，请加引号", "Define “&name” first, or quote it if it is text"
        ),
    ),
    "cycle": (
        "J105",
        Text("锚点“&{name}”包含了自己", "The anchor “&{name}” contains itself"),
        Text("请去掉这处别名", "Remove this alias"),
    ),
    "duplicate": (
        "J106",
        Text("键“{key}”在第 {line} 行已经写过", "The key “{key}” is already given on line {line}"),
        Text("请只保留一处", "Keep only one of them"),
    ),
    "several": (
        "J108",
        Text("文件中有不止一个文档（“---”）", "The file holds more than one document (“---”)"),
        Text("请一个文件只写一个流程", "Write one process in each file"),
    ),
    "empty": (
        "J108",
        Text("文件没有内容", "The file is empty"),
        Text("请以“process: 编号”开头写流程定义", "Begin a definition with “process: id”"),
    ),
    "tag": (
        "J109",
        Text("不使用标签“{tag}”", "The tag “{tag}” is not used in definitions"),
        Text("请去掉标签；若本意是文字，请加引号", "Remove the tag, or quote it if it is text"),
    ),
    "complex_key": (
        "J109",
        Text("键应为一个词", "A key must be one word"),
        Text("请改用普通的键", "Use a plain key"),
    ),
    "merge_key": (
        "J109",
        Text("不使用合并键“<<”", "The merge key “<<” is not used in definitions"),
        Text("请写出内容，或用 extends 继承", "Write the content out, or use `extends`"),
    ),
    "long_number": (
        "J117",
        Text("数字过长", "The number is too long"),
        Text("若本意是文字，请加引号", "Quote it if it is text"),
    ),
    "infinite": (
        "J117",
        Text("不是有限的数", "Not a finite number"),
        Text("若本意是文字，请加引号", "Quote it if it is text"),
    ),
}
_WIDE_COLON = re.compile(r"[ -]*[a-z_]+：")
_WIDE = Text("键后用了全角冒号“：”", "A key is followed by a full-width “：”")
WIDE_REMEDY = Text("请改为半角冒号，后面空一格", "Write “:” and a space")
_TAB = Text("缩进用了制表符", "Indented with a tab")
_TAB_REMEDY = Text("请改用空格缩进", "Indent with spaces")
_SYNTAX_REMEDY = Text("请改正此处的写法", "Correct it here")
_SYNTAX_OTHER = Text("此处不合 YAML 语法", "This is not YAML")
_SYNTAX = (
    (
        "cannot start any token",
        Text(
            "此处的字符不能作为开头（文字可能需要加引号）",
            "This character cannot start a value (text may need quotes)",
        ),
    ),
    (
        "expected ',' or ']'",
        Text(
            "方括号没有闭合，或缺少逗号（须用半角“,”）",
            "A “[” is not closed, or a comma (“,”, not “，”) is missing",
        ),
    ),
    (
        "expected ',' or '}'",
        Text(
            "花括号没有闭合，或缺少逗号（须用半角“,”）",
            "A “{” is not closed, or a comma (“,”, not “，”) is missing",
        ),
    ),
    ("unexpected end of stream", Text("引号没有闭合", "A quotation mark is not closed")),
    (
        "mapping values are not allowed",
        Text(
            "此处不应出现冒号（缩进可能不对，或文字需要加引号）",
            "No “:” may stand here (check the indentation, or quote the text)",
        ),
    ),
    (
        "expected '-' indicator",
        Text("列表的各项没有对齐，或缺少“-”", "List items are not aligned, or a “-” is missing"),
    ),
    ("expected <block end>", Text("缩进不一致", "The indentation is inconsistent")),
    ("could not find expected ':'", Text("缺少冒号", "A “:” is missing")),
    ("expected node content", Text("此处缺少内容", "Something is missing here")),
    ("escape", Text("双引号中的转义写法不对", "A faulty escape in a quoted text")),
    ("directive", Text("不使用 YAML 指令“%”", "YAML directives (“%”) are not used in definitions")),
)
"""What libyaml's problems mean, by words of its message."""
