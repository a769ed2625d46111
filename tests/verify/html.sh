#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# --html: the page is well formed, the same each time, needs nothing else, shows
# strings as text, and can be stepped through in a browser, with and without its
# script.
. "$srcdir/tests/claims.sh"
here=$srcdir/tests/verify
has() { # PATTERN FILE CLAIM
	grep -qE -- "$1" "$2" 2>log
	claim $? "$3"
}
hasnt() { # PATTERN FILE CLAIM
	! grep -nE -- "$1" "$2" >log 2>&1
	claim $? "$3"
}

# ---- what is written ----
exits 0 "the toy compiles" "$COCOAPOLC" compile "$srcdir/tests/cli/toy.cpol" -o toy.cpb
exits 1 "prove writes a page" "$COCOAPOLV" prove --html toy.html toy.cpb
exits 0 "reach writes a page" "$COCOAPOLV" reach --html reach.html toy.cpb
"$COCOAPOLV" prove --json toy.cpb >toy.json 2>log
exits 0 "replay writes a page" "$COCOAPOLV" replay --claim still_drawn --html replay.html toy.cpb toy.json
cp toy.html before.html
"$COCOAPOLV" prove --json --html toy.html toy.cpb >again.json 2>log
cmp toy.html before.html >>log 2>&1
claim $? "the same proof is the same page"
jq -e .refuted again.json >log 2>&1
claim $? "beside --json"
has "sha256:$(sha256sum <toy.cpb | cut -d' ' -f1)" toy.html "it names the digest"
has 'cocoapolv [0-9]' toy.html "and the verifier"
has 'id="still_drawn/2"' toy.html "a request has an address"
has '<tr class="gone">.*<th scope="row">drawn</th>' toy.html "what is gone is marked"
has 'toy\.cpol:[0-9]+:[0-9]+' toy.html "rules have their places"
has '<b>false:</b> <code>' toy.html "and the part that is false"
hasnt 'https?://|@import|url\(|src=' toy.html "nothing is fetched"
exits 2 "a page that can't be written is trouble" "$COCOAPOLV" prove --html missing/toy.html toy.cpb
exits 2 "a page wants a file" "$COCOAPOLV" prove --html - toy.cpb
sed 's/count < 10/count < 11/' "$srcdir/tests/cli/toy.cpol" >looser.cpol
exits 0 "a looser toy compiles" "$COCOAPOLC" compile looser.cpol -o looser.cpb
exits 1 "compare writes a page" "$COCOAPOLV" compare --html compare.html toy.cpb looser.cpb
has "sha256:$(sha256sum <looser.cpb | cut -d' ' -f1)" compare.html "that names the other digest"
has 'id="B_within_A/1"' compare.html "and has a request by which they differ"
has '<p class="summary bad">B is more permissive</p>' compare.html "what both ways come to is said first"
has '>DIFFERS<.*>Does B allow anything that A denies[?]<' compare.html "a verdict is of a question"
has '>PROVED<.*>Does A allow anything that B denies[?]<' compare.html "each way"
has '<code>Yes: B allows something that A denies[.]<' compare.html "that is answered by the trace"
has '<code>No: A allows nothing that B denies[.]<' compare.html "or by the proof"
hasnt '>[^<]*(allows nothing that A denies|_within_)' compare.html "and nothing says the opposite"
{ cat "$srcdir/tests/cli/toy.cpol"; echo 'never wiped_out: on erase: true'; } >never.cpol
exits 0 "a toy that must not be erased compiles" "$COCOAPOLC" compile never.cpol -o never.cpb
exits 1 "and is proved" "$COCOAPOLV" prove --html never.html never.cpb
has '<a href="#wiped_out">.*>never wiped_<wbr>out<' never.html "a claim that something never is begins so"
has '<span class="name"[^>]*>never wiped_<wbr>out<' never.html "where it is answered, too"
mv toy.cpb.map away.map
exits 1 "without a map there is a page, too" "$COCOAPOLV" prove --html nomap.html toy.cpb
has 'is false in this state' nomap.html "that says as much"
mv away.map toy.cpb.map

# ---- hostile strings ----
name='<img src=x onerror=alert(1)>&"'"'"'.cpol'
cp "$here/hostile.cpol" "$name"
exits 0 "a hostile policy compiles" "$COCOAPOLC" compile "$name" -o hostile.cpb
exits 1 "and is refuted" "$COCOAPOLV" prove --html hostile.html hostile.cpb
exits 0 "and reached" "$COCOAPOLV" reach --html spoken.html hostile.cpb
cat >said.json <<'END'
[{"event": "say", "text": "<script>document.title='said'</script>"}, {"event": "say", "text": ""},
 {"event": "say", "text": {"hex": "ff3c623e00c3282620e280ae"}}, {"event": "<svg onload=alert(1)>"},
 {"event": "say", "text": "\u202e\u0007 \"'&<>"}, {"event": "say", "text": 3},
 {"event": "say", "text": "\u202e\u0007 \"'&<>"}]
END
exits 0 "and asked" "$COCOAPOLV" replay --html said.html hostile.cpb said.json
for page in hostile spoken said; do
	[ "$(grep -o '<script' $page.html | wc -l)" -eq 1 ] && [ "$(grep -o '</script' $page.html | wc -l)" -eq 1 ]
	claim $? "$page has one script, its own"
	hasnt '<(img|svg|!--)' $page.html "and no element that a string holds"
	iconv -f UTF-8 -t UTF-8 $page.html >/dev/null 2>log
	claim $? "and is UTF-8"
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" $page.html
	claim $? "without control characters"
done
has 'REFUTED.*no_<wbr>tags' hostile.html "the hostile key was found"
has '\\xff' said.html "bytes that are not text are spelled"

# ---- well formed ----
if command -v tidy >/dev/null; then
	for page in toy reach replay compare nomap hostile spoken said; do
		tidy -q -e $page.html >log 2>&1
		[ ! -s log ]
		claim $? "$page is well formed"
	done
else
	echo "skip - pages are well formed: no tidy here"
fi

# ---- in a browser ----
browser=$(command -v chromium || command -v chromium-browser)
if [ -z "$browser" ] || ! command -v python3 >/dev/null; then
	echo "skip - pages in a browser: no chromium here, or no python3"
	exit $status
fi
walk() { # PAGE: the script is on standard input
	cat >script
	timeout 120 python3 "$here/browser.py" "$browser" "$1" script >walked 2>log
	result=$?
	grep -E '^(ok|not ok)' walked
	[ $result -eq 0 ] || { status=1; cat log; }
	if grep '^#' walked; then
		status=1
		echo "not ok - the browser has no complaint of $1"
	else
		echo "ok - the browser has no complaint of $1"
	fi
}
walk toy.html <<'END'
the page opens at its first request | | document.querySelectorAll("#still_drawn .step:not([hidden])").length === 1 && !document.getElementById("still_drawn/1").hidden
an address leads to a request | go #still_drawn/2 | document.getElementById("still_drawn/1").hidden && !document.getElementById("still_drawn/2").hidden
which is the current one | | document.querySelector("#still_drawn .track a[aria-current=step]").textContent.includes("erase")
and there is no next | | document.querySelector("#still_drawn .next").disabled && document.querySelector("#still_drawn .at").textContent === "Request 2 of 2"
a key leads back | key ArrowLeft | !document.getElementById("still_drawn/1").hidden && location.hash === "#still_drawn/1"
a button leads on | click #still_drawn .next | !document.getElementById("still_drawn/2").hidden && location.hash === "#still_drawn/2"
the state shows what is gone | | getComputedStyle(document.getElementById("still_drawn/2").querySelector("tr.gone td:last-child")).textDecorationLine === "line-through"
the style is in force | | getComputedStyle(document.querySelector(".counts li")).borderRadius === "99px"
the list can be narrowed | click .filters button[data-mood=good] | document.querySelector("#still_drawn").hidden && !document.querySelector("#words").hidden
and shows all again | click .filters button[data-mood=all] | !document.querySelector("#still_drawn").hidden
an address of nothing does no harm | go #nothing/7 | !document.getElementById("still_drawn/2").hidden
nor one that is no text | go #%ff | !document.getElementById("still_drawn/2").hidden
a page is opened at an address | load #painted/1 | document.querySelector(".list a[aria-current]").textContent.includes("painted")
without its script all requests are there | noscript #still_drawn | document.querySelectorAll("#still_drawn .step").length === 2 && document.querySelectorAll(".step[hidden]").length === 0
and can be read | | document.getElementById("still_drawn/2").getClientRects().length === 1 && document.body.innerText.includes("still_drawn is false in this state")
END
for page in hostile said; do
	walk $page.html <<'END'
nothing that a string holds is run | | !/because|twice|key|end|said/.test(document.title) && document.scripts.length === 1
and nothing becomes an element | | document.querySelector("img, svg, script ~ *") === null
END
done
sed "s|<main|<script>document.title = 'injected'</script>&|" toy.html >injected.html
cat >script <<'END'
the page's own rules stop a script put into it | | document.title !== "injected" && document.scripts.length === 2
END
timeout 60 python3 "$here/browser.py" "$browser" injected.html script >walked 2>log
grep -E '^(ok|not ok)' walked || { echo "not ok - the browser opens a page that was changed"; status=1; }
! grep -q '^not ok' walked || status=1
exit $status
