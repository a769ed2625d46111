/* The page is complete without this: it shows one request at a time, follows
 * the address (#claim/3), and narrows the list. */
"use strict";
(function () {
	var root = document.documentElement;
	var entries = Array.prototype.slice.call(document.querySelectorAll(".entry"));
	var current = null;

	function steps(entry) {
		return Array.prototype.slice.call(entry.querySelectorAll(".step"));
	}

	function mark(links, chosen) {
		Array.prototype.forEach.call(links, function (link) {
			if (link === chosen)
				link.setAttribute("aria-current", link.closest(".track") ? "step" : "true");
			else
				link.removeAttribute("aria-current");
		});
	}

	function choose(entry) {
		current = entry;
		mark(document.querySelectorAll(".list a"),
			document.querySelector('.list a[href="#' + CSS.escape(entry.id) + '"]'));
	}

	/* Show the nth step of an entry, from 1. */
	function show(entry, n) {
		var all = steps(entry);
		var pager = entry.querySelector(".pager");

		if (all.length === 0)
			return;
		n = Math.max(1, Math.min(n, all.length));
		all.forEach(function (step, i) { step.hidden = i + 1 !== n; });
		mark(entry.querySelectorAll(".track a"), entry.querySelectorAll(".track a")[n - 1]);
		entry.dataset.at = n;
		pager.querySelector(".at").textContent = "Request " + n + " of " + all.length;
		pager.querySelector(".prev").disabled = n === 1;
		pager.querySelector(".next").disabled = n === all.length;
	}

	function go(entry, n) {
		var all = steps(entry);

		n = Math.max(1, Math.min(n, all.length));
		show(entry, n);
		choose(entry);
		history.replaceState(null, "", "#" + entry.id + "/" + n);
	}

	function button(name, text, to, entry) {
		var b = document.createElement("button");

		b.type = "button";
		b.className = name;
		b.textContent = text;
		b.addEventListener("click", function () { go(entry, Number(entry.dataset.at) + to); });
		return b;
	}

	function addPager(entry) {
		var pager = entry.querySelector(".pager");
		var at = document.createElement("span");
		var hint = document.createElement("span");

		hint.textContent = "or the keys \u2190 and \u2192";
		hint.className = "hint";
		at.className = "at";
		at.setAttribute("aria-live", "polite");
		pager.hidden = steps(entry).length < 2;
		pager.append(button("prev", "\u2190 Previous", -1, entry),
			button("next", "Next \u2192", 1, entry), at, hint);
	}

	/* "#name/3": the third request of an entry. */
	function follow(scroll) {
		var hash = location.hash.slice(1);
		var slash = hash.lastIndexOf("/");
		var name = slash < 0 ? hash : hash.slice(0, slash);
		var entry = entries.find(function (e) { return e.id === name; });
		var details = entry && entry.querySelector("details");

		if (!entry)
			return;
		if (details)
			details.open = true;
		if (entry.hidden)
			filter("all");
		if (slash >= 0)
			show(entry, Number(hash.slice(slash + 1)) || 1);
		choose(entry);
		if (scroll)
			entry.scrollIntoView({ block: "start", behavior: "instant" });
	}

	function filter(mood) {
		document.querySelectorAll(".filters button").forEach(function (b) {
			b.setAttribute("aria-pressed", String(b.dataset.mood === mood));
		});
		document.querySelectorAll(".list li, .entry").forEach(function (e) {
			e.hidden = mood !== "all" && !e.classList.contains(mood);
		});
	}

	function addFilters() {
		var bar = document.querySelector(".filters");

		if (!bar)
			return;
		[{ mood: "all", name: "All" }].concat(Array.prototype.map.call(
			document.querySelectorAll(".counts li[data-mood]"), function (li) {
				return { mood: li.dataset.mood, name: li.dataset.name };
			})).forEach(function (f) {
			var b = document.createElement("button");

			b.type = "button";
			b.textContent = f.name;
			b.dataset.mood = f.mood;
			b.addEventListener("click", function () { filter(f.mood); });
			bar.append(b);
		});
	}

	function onKey(event) {
		var moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
		var move = moves[event.key];

		if (move === undefined || !current || event.altKey || event.ctrlKey || event.metaKey)
			return;
		if (steps(current).length === 0)
			return;
		event.preventDefault();
		go(current, Number(current.dataset.at) + move);
	}

	root.classList.add("js");
	addFilters();
	filter("all");
	entries.forEach(function (entry) {
		if (entry.querySelector(".step") === null)
			return;
		addPager(entry);
		show(entry, 1);
		entry.addEventListener("focusin", function () { choose(entry); });
		entry.addEventListener("click", function () { choose(entry); });
		if (!current)
			current = entry;
	});
	window.addEventListener("hashchange", function () { follow(false); });
	window.addEventListener("beforeprint", function () {
		document.querySelectorAll(".entry > details, .step details").forEach(function (d) { d.open = true; });
	});
	document.addEventListener("keydown", onKey);
	follow(true);
})();
