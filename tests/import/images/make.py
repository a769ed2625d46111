#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py FOLDER: the images, good and bad, that images.sh reads.
make.py --seeds FOLDER: small ones for tests/fuzz/image.c."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

OCI = "application/vnd.oci.image."
CAPABILITY = bytes.fromhex("0100000200200000000000000000000000000000")


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def dump(value):
    return json.dumps(value, indent=1).encode()


def entry(name, data=None, **more):
    """A file, or with type= something else; xattrs= and any other field of TarInfo."""
    info = tarfile.TarInfo(name)
    info.mtime = more.pop("mtime", 1000000000.25)
    kind = more.pop("type", None)
    info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    for key, value in more.pop("xattrs", {}).items():
        info.pax_headers["SCHILY.xattr." + key] = value.decode("utf-8", "surrogateescape")
    if kind is not None:
        info.type = kind
    for key, value in more.items():
        setattr(info, key, value)
    info.size = len(data or b"")
    return info, data


def folder(name, **more):
    return entry(name, type=tarfile.DIRTYPE, **more)


def link(name, target, hard=False):
    return entry(name, type=tarfile.LNKTYPE if hard else tarfile.SYMTYPE, linkname=target)


def tar(entries, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8", errors="surrogateescape") as t:
        for info, data in entries:
            t.addfile(info, io.BytesIO(data) if data else None)
    return out.getvalue()


def packed(data):
    return gzip.compress(data, 6, mtime=0)


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout


CONFIG = {
    "Entrypoint": ["/bin/app", "--name", "a b"], "Cmd": ["serve"],
    "Env": ["PATH=/usr/bin:/bin", "EMPTY=", "TEXT=x=y \u00e9\n"],
    "WorkingDir": "/srv", "User": "app", "StopSignal": "SIGQUIT",
    "Volumes": {"/data": {}}, "Healthcheck": {"Test": ["CMD", "/bin/check"]},
}


def config(layers, settings=CONFIG, **more):
    root = {"architecture": "amd64", "os": "linux", "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [sha(t) for t in layers]}}
    root.update(more)
    return dump(root)


class Layout:
    """An OCI layout: blobs first, then index.json."""

    def __init__(self):
        self.files = {"oci-layout": dump({"imageLayoutVersion": "1.0.0"})}
        self.manifests = []

    def blob(self, data, kind, **more):
        self.files["blobs/sha256/" + sha(data)[7:]] = data
        return dict({"mediaType": kind, "digest": sha(data), "size": len(data)}, **more)

    def image(self, layers, settings=CONFIG, pack=packed, **more):
        raw = more.pop("config", None) or config(layers, settings)
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                    "config": self.blob(raw, OCI + "config.v1+json"),
                    "layers": [self.blob(pack(t), OCI + "layer.v1.tar+gzip") for t in layers]}
        change = more.pop("change", None)
        if change:
            change(manifest)
        return self.blob(dump(manifest), OCI + "manifest.v1+json", **more)

    def index(self, manifests, **more):
        return self.blob(dump({"schemaVersion": 2, "manifests": manifests}), OCI + "index.v1+json", **more)

    def add(self, descriptor, name=None):
        if name:
            descriptor = dict(descriptor, annotations={"org.opencontainers.image.ref.name": name})
        self.manifests.append(descriptor)
        return self

    def all(self):
        return dict({"index.json": dump({"schemaVersion": 2, "manifests": self.manifests})}, **self.files)


def write(path, files):
    for name, data in files.items():
        file = os.path.join(path, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as out:
            out.write(data)


def archive(path, files, more=(), pack=None):
    data = tar([entry(name, data) for name, data in files.items()] + list(more), tarfile.GNU_FORMAT)
    with open(path, "wb") as out:
        out.write(pack(data) if pack else data)


def docker(layers, tags=("shop:1",), **more):
    raw = more.pop("config", None) or config(layers)
    files = {sha(raw)[7:] + ".json": raw}
    names = []
    for i, data in enumerate(layers):
        names.append("%064x/layer.tar" % i)
        files[names[-1]] = data
    manifest = [dict({"Config": sha(raw)[7:] + ".json", "RepoTags": list(tags), "Layers": names}, **more)]
    files["manifest.json"] = dump(manifest)
    return files


# ---- layers ----

PASSWD = b"# who\nroot:x:0:0:root:/root:/bin/sh\napp:x:1001:1002:App:/srv:/bin/sh\nnumber:x:7:8::/:\n"
GROUP = b"root:x:0:\napp:x:1002:\nextra:x:50:root,app\nmore:x:51:app\n"

BASE = tar([
    folder("./"), folder("etc/"), entry("etc/passwd", PASSWD), entry("etc/group", GROUP),
    folder("bin"), entry("bin/app", b"#!/bin/sh\n" + b"x" * 300000, mode=0o755), link("bin/second", "bin/app", hard=True),
    link("link", "/etc/passwd"), link("up", "../../.."), folder("tmp", mode=0o1777, mtime=5), folder("dev"),
    entry("dev/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666), entry("dev/pipe", type=tarfile.FIFOTYPE),
    entry("bin/set", b"s", mode=0o4755, uid=5, gid=70000, xattrs={"user.note": b"hello"}),
    entry("bin/ping", b"p", xattrs={"security.capability": CAPABILITY}),
    entry("na\u00efve \u2603", b"u"), folder("gone"), entry("gone/file", b"g"), folder("hidden"), entry("hidden/old", b"o"),
    entry("n" * 254, b"long"), entry("/".join(["deep"] * 60) + "/f", b"deep"), entry("empty", b""),
])
TOP = tar([
    folder("etc"), entry("etc/passwd", PASSWD.replace(b"1001", b"2001")), entry(".wh.gone"), folder("hidden"),
    entry("hidden/new", b"n"), entry("hidden/.wh..wh..opq"), entry("opt/a/b/file", b"f"), entry("bin/.wh.second"),
    folder("again"), entry(".wh.again"), entry(".wh.stays"), entry("stays", b"s"), entry(".wh..wh.plnk"),
])


def one(*entries):
    return tar(entries)


USERS = {
    "top": one(entry("etc/passwd", b"app:x:3:4::/:\n")),
    "whiteout": one(entry("etc/.wh.passwd")),
    "whiteout-etc": one(entry(".wh.etc")),
    "opaque-etc": one(entry("etc/group", b"app:x:9:\n"), entry("etc/.wh..wh..opq")),
    "opaque-root": one(entry(".wh..wh..opq"), entry("etc/passwd", b"app:x:5:6::/:\n")),
    "file-etc": one(entry("etc", b"no directory")),
    "link": one(link("etc/passwd", "/run/passwd")),
    "device": one(entry("etc/passwd", type=tarfile.CHRTYPE)),
    "unrelated": one(entry("etc/.wh.shadow"), entry("srv/etc/passwd", b"app:x:6:6::/:\n"), entry("srv/.wh..wh..opq")),
    "bad": one(entry("etc/passwd", b"app:x:99999999999:1::/:\n:::::\n\n\0\xff:x:1\nshort\n")),
}

REFUSED = {
    "up": one(entry("../outside", b"x")), "up-inside": one(entry("a/../../outside", b"x")),
    "absolute": one(entry("/outside", b"x")),
    "through-link": one(link("a", "/tmp"), entry("a/outside", b"x")),
    "through-link-deep": one(folder("d"), link("d/a", ".."), entry("d/a/b/outside", b"x")),
    "below-file": one(entry("a", b"x"), entry("a/b", b"x")),
    "hard-up": one(link("a", "../../etc/passwd", hard=True)),
    "hard-absolute": one(link("a", "/etc/passwd", hard=True)),
    "hard-through-link": one(link("a", "/etc"), link("b", "a/passwd", hard=True)),
    "hard-missing": one(link("a", "missing", hard=True)),
    "whiteout-through-link": one(entry("a/.wh.outside"), link("a", "/tmp")),
    "whiteout-dot": one(entry("a/.wh..")), "whiteout-up": one(entry(".wh...")), "whiteout-empty": one(entry(".wh.")),
    "root-file": one(entry(".", b"x")), "long": one(entry("x" * 256, b"x")), "long-path": one(entry("x/" * 2000, b"x")),
}


def huge():
    """A header that promises 2^40 bytes, in a tar that ends there."""
    info = tarfile.TarInfo("huge")
    info.size = 1 << 40
    return info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024


def changed(change, **more):
    layout = Layout()
    return layout.add(layout.image([BASE], change=change, **more), "bad:1").all()


def with_blob(files, old, new):
    return dict(files, **{"blobs/sha256/" + sha(old)[7:]: new})


def good(out):
    for name, pack in (("gzip", packed), ("plain", bytes), ("zstd", zstd)):
        layout = Layout()
        write(out + "/" + name, layout.add(layout.image([BASE, TOP], pack=pack), "shop:1").all())
    layout = Layout()
    nested = layout.index([
        layout.image([TOP], platform={"os": "linux", "architecture": "arm64"}),
        layout.image([BASE], platform={"os": "linux", "architecture": "amd64"}),
        layout.image([], platform={"os": "unknown", "architecture": "unknown"})])
    layout.add(layout.index([nested]), "registry.example:5000/team/nested:2")
    layout.add(layout.image([BASE, TOP], {"Cmd": ["/x"]}), "second")
    write(out + "/nested", layout.all())
    archive(out + "/nested.tar", layout.all())
    archive(out + "/nested.tar.gz", layout.all(), pack=packed)
    print("nested", nested["digest"])
    layout = Layout()
    write(out + "/unnamed", layout.add(layout.image([BASE])).all())
    layout = Layout()
    write(out + "/platforms", layout.add(layout.image([TOP], platform={"os": "linux", "architecture": "arm64"})).add(
        layout.image([BASE], platform={"os": "linux", "architecture": "amd64"})).all())
    files = docker([BASE, TOP], tags=("shop:1", "localhost/shop"))
    archive(out + "/docker.tar", files)
    second = "%064x/layer.tar" % 1
    data = files.pop(second)
    archive(out + "/docker-link.tar", dict(files, **{"blob/x.tar": data}), [link(second, "../blob/x.tar")])
    with open(out + "/config.json", "wb") as file:
        file.write(config([BASE, TOP]))
    layout = Layout()
    both = one(entry("a", b"x", xattrs={"user.a": b"1", "user.b": b"2"}))
    write(out + "/attributes", layout.add(layout.image([both]), "attributes:1").all())
    for name, layer in USERS.items():
        layout = Layout()
        write(out + "/users-" + name, layout.add(layout.image([BASE, layer]), "u:1").all())


def bad(out):
    for name, layer in REFUSED.items():
        layout = Layout()
        write(out + "/refused-" + name, layout.add(layout.image([layer]), "bad:1").all())
    fine = changed(None)
    cases = {
        "wrong-blob": with_blob(fine, packed(BASE), packed(TOP)),
        "cut-blob": with_blob(fine, packed(BASE), packed(BASE)[:-100]),
        "wrong-diff-id": changed(None, config=config([TOP])),
        "no-layout": {k: v for k, v in fine.items() if k != "oci-layout"},
        "no-index": {k: v for k, v in fine.items() if k != "index.json"},
        "version": dict(fine, **{"oci-layout": dump({"imageLayoutVersion": "2.0"})}),
        "no-json": dict(fine, **{"index.json": b"{\"manifests\": [\n"}),
        "no-manifests": dict(fine, **{"index.json": b"{\"schemaVersion\": 2}"}),
        "empty-index": dict(fine, **{"index.json": b"{\"manifests\": []}"}),
        "list-index": dict(fine, **{"index.json": b"[]"}),
        "string-descriptor": dict(fine, **{"index.json": b"{\"manifests\": [\"x\"]}"}),
        "no-digest": dict(fine, **{"index.json": b"{\"manifests\": [{}]}"}),
        "path-digest": dict(fine, **{"index.json": dump({"manifests": [{"digest": "sha256:../../../../etc/passwd"}]})}),
        "sha512": dict(fine, **{"index.json": dump({"manifests": [{"digest": "sha512:" + "0" * 128}]})}),
        "missing-manifest": dict(fine, **{"index.json": dump({"manifests": [{"digest": sha(b"missing")}]})}),
        "deep-json": dict(fine, **{"index.json": b"[" * 100000}),
        "count": changed(lambda m: m["layers"].append(m["layers"][0])),
        "encrypted": changed(lambda m: m["layers"][0].update(mediaType=OCI + "layer.v1.tar+gzip+encrypted")),
        "no-config": changed(lambda m: m.pop("config")),
        "layers-type": changed(lambda m: m.update(layers="all")),
        "cut-gzip": changed(None, pack=lambda t: packed(t)[:-20], config=config([BASE])),
        "no-tar": changed(None, pack=lambda t: b"this is no tar", config=config([BASE])),
        "huge-file": changed(None, pack=lambda t: huge(), config=config([huge()])),
        "empty-layer": changed(None, pack=lambda t: b"", config=config([b""])),
        "windows": changed(None, config=config([BASE], os="windows")),
        "entrypoint-type": changed(None, config=config([BASE], {"Entrypoint": "/bin/sh"})),
        "env-type": changed(None, config=config([BASE], {"Env": ["A=b", 3]})),
        "nul": changed(None, config=config([BASE], {"Cmd": ["a\0b"]})),
        "diff-id": changed(None, config=config([], rootfs={"diff_ids": ["sha256:ABC"]})),
        "no-rootfs": changed(None, config=dump({"config": {}})),
        "list-config": changed(None, config=b"[]"),
        "many-layers": changed(None, config=config([], rootfs={"diff_ids": [sha(b"x")] * 300})),
    }
    for name, files in cases.items():
        write(out + "/" + name, files)
    layout = Layout()
    deep = layout.image([BASE])
    for _ in range(6):
        deep = layout.index([deep])
    write(out + "/deep-index", layout.add(deep, "bad:1").all())
    layout = Layout()
    arms = [layout.image([t], platform={"os": "linux", "architecture": a}) for t, a in ((BASE, "arm64"), (TOP, "s390x"))]
    write(out + "/no-platform", layout.add(layout.index(arms), "bad:1").all())
    layout = Layout()
    write(out + "/empty-nested", layout.add(layout.index([]), "bad:1").all())
    archive(out + "/empty.tar", {})
    archive(out + "/other.tar", {"readme": b"nothing"})
    archive(out + "/up.tar", {"../outside": b"x", "oci-layout": b"{}"})
    files = docker([BASE])
    archive(out + "/docker-path.tar", dict(files, **{"manifest.json": dump([{"Config": "../x", "RepoTags": ["a"], "Layers": []}])}))
    archive(out + "/docker-map.tar", dict(files, **{"manifest.json": b"{}"}))
    archive(out + "/docker-tag.tar", docker([BASE], tags=("a b",)))
    archive(out + "/docker-untagged.tar", docker([BASE], RepoTags=None))
    archive(out + "/docker-missing.tar", docker([BASE], Layers=["missing.tar"]))
    raw = config([BASE])
    archive(out + "/docker-config.tar", dict(docker([BASE]), **{sha(raw)[7:] + ".json": raw + b" "}))
    with open(out + "/text", "wb") as file:
        file.write(b"just a text\n")
    data = tar([entry("oci-layout", b"{}" * 9000)], tarfile.GNU_FORMAT)
    with open(out + "/cut.tar", "wb") as file:
        file.write(data[:2000])
    os.mkfifo(out + "/pipe")


def seeds(out):
    """Behind 8 bytes, of which the first says whether layers are unpacked."""
    small = tar([folder("etc"), entry("etc/passwd", PASSWD), entry("etc/group", GROUP), entry("etc/.wh.shadow"),
                 link("link", "/etc/passwd"), link("hard", "etc/passwd", hard=True), folder("a"), entry("a/.wh..wh..opq"),
                 entry("a/b", b"b", xattrs={"user.note": b"hello"}), entry("dev", type=tarfile.FIFOTYPE)])
    raw = config([small, TOP])
    manifest = {"Config": "config.json", "RepoTags": ["x"], "Layers": ["a/layer.tar", "b/layer.tar"]}
    files = {"config.json": raw, "a/layer.tar": small, "b/layer.tar": TOP, "manifest.json": dump([manifest])}
    layout = Layout()
    layout.add(layout.index([layout.image([small, TOP])]), "x")
    plain = Layout()
    plain.add(plain.image([small], pack=bytes), "x")
    docker_tar = tar([entry(name, data) for name, data in files.items()], tarfile.GNU_FORMAT)
    forms = {"docker": docker_tar, "packed": packed(docker_tar), "config": raw,
             "layout": tar([entry(n, d) for n, d in layout.all().items()], tarfile.USTAR_FORMAT),
             "plain": tar([entry(n, d) for n, d in plain.all().items()])}
    os.makedirs(out)
    for name, data in forms.items():
        for first in (0, 1):
            with open("%s/%s.%d" % (out, name, first), "wb") as file:
                file.write(bytes([first]) * 8 + data)


if __name__ == "__main__" and sys.argv[1] == "--seeds":
    seeds(sys.argv[2])
elif __name__ == "__main__":
    os.makedirs(sys.argv[1] + "/bad")
    good(sys.argv[1])
    bad(sys.argv[1] + "/bad")
