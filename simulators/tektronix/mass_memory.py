"""The disk of the generator, in memory: `MMEMory`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath

from simulators.scpi import Call, CommandTree, ScpiError, encode_block
from simulators.tektronix.profile import Profile

__all__ = ["MassMemory"]

DRIVE = "C:"
HOME = "\\Users\\OEM\\Documents"
SEPARATOR = "\\"
PATH_LIMIT = 255
MOST_FOLDERS = 1000
FORBIDDEN = frozenset('<>:"|?*')


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    content: bytes


class MassMemory:
    """Files and folders of a Windows disk: names keep their case, and are found in any."""

    def __init__(self, profile: Profile, tree: CommandTree) -> None:
        self._capacity = profile.disk_bytes
        self._folders = {_key(path): path for path in ("\\", "\\Users", "\\Users\\OEM", HOME)}
        self._files: dict[str, _File] = {}
        self._current = HOME
        tree.add("MMEMory:CDIRectory", on_set=self._change, on_query=lambda _: f'"{self._current}"')
        tree.add("MMEMory:MDIRectory", on_set=self._make_folder)
        tree.add("MMEMory:MSIS", on_query=lambda _: f'"{DRIVE}"')
        tree.add("MMEMory:DATA", on_set=self._write, on_query=self._read)
        tree.add("MMEMory:DATA:SIZE", on_query=lambda call: str(len(self.file(call.take(1)[0].text())[1])))
        tree.add("MMEMory:DELete", on_set=self._delete)
        tree.add("MMEMory:CATalog", on_query=self._catalog)

    def file(self, path: str) -> tuple[str, bytes]:
        """Name and content of a file; -256 when there is none."""
        found = self._files.get(self._resolve(path))
        if found is None:
            raise ScpiError(-256, path)
        return found.name, found.content

    def _change(self, call: Call) -> None:
        path = call.take(1)[0].text()
        key = self._resolve(path)
        if key not in self._folders:
            raise ScpiError(-256, path)
        self._current = self._folders[key]

    def _make_folder(self, call: Call) -> None:
        path = call.take(1)[0].text()
        key = self._resolve(path)
        if len(self._folders) >= MOST_FOLDERS:
            raise ScpiError(-254, path)
        parent = self._folder_of(key, path)
        self._folders.setdefault(key, f"{parent.rstrip(SEPARATOR)}\\{PureWindowsPath(path).name}")

    def _write(self, call: Call) -> None:
        arguments = call.take(2, 3)
        path, data = arguments[0].text(), arguments[-1].block()
        key = self._resolve(path)
        self._folder_of(key, path)
        old = self._files[key].content if key in self._files else b""
        if len(arguments) == 3:  # with a start index the block is written into the file
            start = arguments[1].integer(0, len(old))
            data = old[:start] + data + old[start + len(data) :]
        if self._used() - len(old) + len(data) > self._capacity:
            raise ScpiError(-254, path)
        self._files[key] = _File(PureWindowsPath(path).name, data)

    def _read(self, call: Call) -> bytes:
        arguments = call.take(1, 3)
        _, content = self.file(arguments[0].text())
        start = arguments[1].integer(0, len(content)) if len(arguments) > 1 else 0
        size = arguments[2].integer(0, len(content)) if len(arguments) > 2 else len(content)
        return encode_block(content[start : start + size])

    def _delete(self, call: Call) -> None:
        path = call.take(1)[0].text()
        if self._files.pop(self._resolve(path), None) is None:
            raise ScpiError(-256, path)

    def _catalog(self, call: Call) -> str:
        call.take(0, 1)
        here = _key(self._current)
        folders = [
            f'"{PureWindowsPath(path).name},DIR,0"' for key, path in self._folders.items() if _parent(key) == here
        ]
        files = [
            f'"{file.name},,{len(file.content)}"' for key, file in self._files.items() if _parent(key) == here
        ]
        return ",".join([str(self._used()), str(self._capacity - self._used()), *folders, *files])

    def _used(self) -> int:
        return sum(len(file.content) for file in self._files.values())

    def _folder_of(self, key: str, path: str) -> str:
        """The folder that a file or folder lies in; -256 when it is not there."""
        parent = _parent(key)
        if parent not in self._folders:
            raise ScpiError(-256, path)
        return self._folders[parent]

    def _resolve(self, path: str) -> str:
        """The key of a path, which may be relative to the current folder."""
        given = PureWindowsPath(path)
        if given.drive and given.drive.upper() != DRIVE:
            raise ScpiError(-256, path)
        inside = path[len(given.drive) :]
        if not inside or len(path) > PATH_LIMIT or not FORBIDDEN.isdisjoint(inside) or not inside.isprintable():
            raise ScpiError(-257, path[:PATH_LIMIT])
        return _key(str(PureWindowsPath(self._current) / PureWindowsPath(inside)))


def _key(path: str) -> str:
    """What an absolute path is found by: without `..`, in lower case."""
    parts: list[str] = []
    for part in PureWindowsPath(path).parts[1:]:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part.lower())
    return SEPARATOR + SEPARATOR.join(parts)


def _parent(key: str) -> str | None:
    """The key of the folder that something lies in, None for the root."""
    return None if key == SEPARATOR else key.rpartition(SEPARATOR)[0] or SEPARATOR
