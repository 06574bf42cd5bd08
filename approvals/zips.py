"""Files as one zip, the same bytes for the same files."""

from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from inventory.policy.grants.pack_files import PackFile

_DAY = (1980, 1, 1, 0, 0, 0)


def zipped(files: Iterable[PackFile]) -> bytes:
    """The files of a pack; scripts may be run."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for file in files:
            entry = ZipInfo(file.path, _DAY)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = (0o755 if file.path.endswith(".sh") else 0o644) << 16
            archive.writestr(entry, file.text.encode())
    return out.getvalue()
