/* What a reader is shown when one thing changes. The marks are shortened:
 * [+inserted+] and [-deleted-]. */
#include "text/diff.h"

#include "rendered.h"

static struct task task;
static struct diff found;

static bool compare(const char *before, const char *after)
{
	arena_free(&task.arena);
	task = (struct task) { 0 };
	return diff_texts(&task, before, strlen(before), after, strlen(after), &found);
}

static const struct diff_part *part(size_t index)
{
	static const struct diff_part none = { 0 };

	CHECK(index < found.parts.count);
	return index < found.parts.count ? (struct diff_part *)found.parts.items + index : &none;
}

/* The first change; the one a test made. */
static const struct diff_part *change(void)
{
	for (size_t i = 0; i < found.parts.count; i++)
		if (part(i)->changed)
			return part(i);
	return part(found.parts.count);
}

static const char *short_marks(const char *html)
{
	static const char *const marks[][2] = {
		{ "<ins><span class=\"vh\">inserted: </span>", "[+" },
		{ "<span class=\"vh\"> end of insertion</span></ins>", "+]" },
		{ "<del><span class=\"vh\">deleted: </span>", "[-" },
		{ "<span class=\"vh\"> end of deletion</span></del>", "-]" },
	};
	struct buf out = { .arena = &task.arena };

	while (html && *html) {
		size_t len = 0;

		for (size_t i = 0; i < 4 && !len; i++)
			if (!strncmp(html, marks[i][0], strlen(marks[i][0]))) {
				len = strlen(marks[i][0]);
				buf_puts(&out, marks[i][1]);
			}
		if (!len)
			buf_putc(&out, *html);
		html += len ? len : 1;
	}
	return buf_text(&out);
}

/* Compare two texts and check the first change. */
static void shows(const char *before, const char *after, const char *html)
{
	CHECK(compare(before, after));
	rendered(&task.arena, change()->html.safe, NULL);
	CHECK_STR(short_marks(change()->html.safe), html);
}

static void test_nothing(void)
{
	CHECK(compare("", ""));
	CHECK(found.parts.count == 0 && found.changes == 0);
	CHECK(compare("# A\n\ntext\n\nmore\n", "# A\n\ntext\n\nmore\n"));
	CHECK(found.parts.count == 1 && found.changes == 0);
	CHECK(!part(0)->changed && part(0)->count == 3 && part(0)->id == 0);
	CHECK(!part(0)->kind && !part(0)->summary);
	/* wrapped elsewhere */
	CHECK(compare("one two\nthree\n", "one\ntwo three\n"));
	CHECK(found.changes == 1 && !found.words_added && !found.words_removed);
	CHECK_STR(part(0)->summary, "only how it is written in the file");
	/* blank lines and the file's newline are nobody's */
	CHECK(compare("one\n\n\ntwo\n", "one\r\n\r\ntwo"));
	CHECK(found.changes == 0);
}

static void test_words(void)
{
	shows("# T\n\nDo delete criticism.\n", "# T\n\nDo not delete criticism.\n",
		"<p>Do[+ not+] delete criticism.</p>\n");
	CHECK(found.changes == 1 && found.words_added == 1 && found.words_removed == 0);
	CHECK_STR(change()->kind, "edited");
	CHECK_STR(change()->place, "T");
	CHECK_STR(change()->summary, "1 word added");
	CHECK_STR(change()->warning, "adds “not”");
	CHECK_STR(change()->before, "Do delete criticism.\n");
	CHECK_STR(change()->after, "Do not delete criticism.\n");
	CHECK(change()->id == 1 && change()->count == 1);

	shows("We answer within 2 hours on weekdays.\n", "We answer within 1,000 hours on weekdays.\n",
		"<p>We answer within [-2-][+1,000+] hours on weekdays.</p>\n");
	CHECK_STR(change()->warning, "changes a number");
	CHECK_STR(change()->summary, "1 word added, 1 removed");

	shows("Very good people answer first.\n", "Good people answer first.\n",
		"<p>[-Very good-][+Good+] people answer first.</p>\n");
	shows("You should answer it.\n", "You must not answer it.\n",
		"<p>You [-should-][+must not+] answer it.</p>\n");
	CHECK_STR(change()->warning, "adds “not” and changes must/should/may");
}

/* An image that shows nothing, in a link that is marked from further out. */
static void test_empty_inside(void)
{
	shows("See.\n\nx[a) ![](q) b](e)\n", "See.\n",
		"<p>[-x<a href=\"e\">a)  b</a>-]</p>\n");
}

static void test_clean_up(void)
{
	/* fewer than three equal words between */
	shows("a b c one d e two f g h\n", "a b c eins d e zwei f g h\n",
		"<p>a b c [-one d e two-][+eins d e zwei+] f g h</p>\n");
	CHECK(found.words_added == 2 && found.words_removed == 2);
	shows("a b one d e f two g h\n", "a b eins d e f zwei g h\n",
		"<p>a b [-one-][+eins+] d e f [-two-][+zwei+] g h</p>\n");
	/* a number and its unit are one thing */
	shows("Reply within 1 day to all of them.\n", "Reply within 1 hour to all of them.\n",
		"<p>Reply within [-1 day-][+1 hour+] to all of them.</p>\n");
	/* a sentence is inserted as a sentence */
	shows("We do one. We do two.\n", "We do one. We do more. We do two.\n",
		"<p>We do one.[+ We do more.+] We do two.</p>\n");
	/* little is left: old, then new */
	shows("Old words stand here alone.\n", "Entirely fresh sentences replace everything here.\n",
		"<p>[-Old words stand here alone.-]</p>\n"
		"<p>[+Entirely fresh sentences replace everything here.+]</p>\n");
	CHECK(found.changes == 1);
}

static void test_markup(void)
{
	/* covered by one mark, or cut where an element ends */
	shows("Say that now to all.\n", "Say *this* and **that** now to all.\n",
		"<p>Say[+ <em>this</em> and+] <strong>that</strong> now to all.</p>\n");
	shows("Say *that* now to all of us.\n", "Say *that or this* again now to all of us.\n",
		"<p>Say <em>that[+ or this+]</em>[+ again+] now to all of us.</p>\n");
	shows("See **bold words** now, please do.\n", "See now, please do.\n",
		"<p>See[- bold words-] now, please do.</p>\n");
	shows("See **bold** words now.\n", "See bold words now.\n", "<p>See bold words now.</p>\n");
	CHECK_STR(change()->summary, "formatting");
	CHECK(!change()->warning);
	shows("Use `a b` for all of it.\n", "Use `a c` for all of it.\n",
		"<p>Use <code>a [-b-][+c+]</code> for all of it.</p>\n");
	/* what the author struck out is not what somebody removed */
	shows("Keep this here.\n", "Keep ~~this~~ here.\n", "<p>Keep <s>this</s> here.</p>\n");
}

static void test_links(void)
{
	shows("Read [the rule](https://a.org/x) first.\n", "Read [the rule](https://b.org/x) first.\n",
		"<p>Read <a href=\"https://b.org/x\" rel=\"nofollow ugc noopener\">the rule</a>"
		" <span class=\"linknote\">link now goes to https://b.org/x</span> first.</p>\n");
	CHECK_STR(change()->summary, "link target");
	CHECK_STR(change()->warning, "changes a link");
	shows("Read [the rule](https://a.org/x) first.\n", "Read the rule first.\n",
		"<p>Read the rule first. <span class=\"linknote\">no longer a link to https://a.org/x</span></p>\n");
	CHECK_STR(change()->warning, "removes a link");
	/* the definition changed, the paragraph did not */
	CHECK(compare("Read [it][r].\n\n[r]: https://a.org/\n", "Read [it][r].\n\n[r]: https://b.org/\n"));
	CHECK(found.changes == 2);
	CHECK_STR(change()->warning, "changes a link");
}

static void test_invisible(void)
{
	shows("Pay the sum now please.\n", "Pay the \xe2\x80\xaesum now please.\n",
		"<p>Pay the [-sum-][+<span class=\"chip warn\">U+202E</span>sum+] now please.</p>\n");
	CHECK_STR(change()->warning, "adds invisible characters");
	/* in the file, not on the page */
	CHECK(compare("One.\n\nTwo.\n", "One.\n\n<!-- hidden -->\n\nTwo.\n"));
	CHECK(found.changes == 1);
	CHECK_STR(change()->place, "In the file, not shown to readers");
	CHECK_STR(change()->warning, "changes what readers do not see");
	CHECK(compare("One two three.\n", "One two <!-- hidden --> three.\n"));
	CHECK(found.changes == 1);
	CHECK_STR(change()->warning, "has HTML that is not shown");
}

static void test_blocks(void)
{
	shows("# A\n\none two three\n", "# A\n\none two three\n\n## B\n", "<h2>[+B+]</h2>\n");
	CHECK_STR(change()->kind, "added");
	CHECK_STR(change()->place, "B");
	CHECK(!change()->before);
	shows("# A\n\none **two** three\n\n## B\n", "# A\n\n## B\n",
		"<p>[-one <strong>two</strong> three-]</p>\n");
	CHECK_STR(change()->kind, "removed");
	CHECK_STR(change()->place, "A");
	CHECK(!change()->after);
	CHECK_STR(change()->summary, "3 words removed");
	shows("# A\n\n---\n", "# A\n", "[-<hr>\n-]");
}

static void test_moved(void)
{
	shows("# A\n\none two\n\nthree four\n\nfive six\n\n# B\n\nseven\n",
		"# A\n\nthree four\n\nfive six\n\n# B\n\nseven\n\none two\n",
		"<p>one two</p>\n");
	CHECK(found.changes == 1 && found.words_added == 0 && found.words_removed == 0);
	CHECK_STR(change()->kind, "moved");
	CHECK_STR(change()->place, "B");
	CHECK_STR(change()->summary, "moved from “A”");
}

static void test_lists(void)
{
	shows("- one\n- two\n- three\n", "- one\n- new\n- two\n- three\n",
		"<ul>\n<li>one</li>\n<li>[+new+]</li>\n<li>two</li>\n<li>three</li>\n</ul>\n");
	shows("- one\n- two\n- three\n", "- one\n- three\n",
		"<ul>\n<li>one</li>\n<li>[-two-]</li>\n<li>three</li>\n</ul>\n");
	shows("- one thing\n- [ ] yes to all\n", "- one thing\n- [x] yes to all\n",
		"<ul>\n<li>one thing</li>\n<li class=\"task\">"
		"<span class=\"box on\" role=\"img\" aria-label=\"ticked\"></span> "
		" <span class=\"linknote\">now ticked</span>yes to all</li>\n</ul>\n");
	CHECK_STR(change()->warning, "changes which box is ticked");
}

static void test_tables(void)
{
	static const char old[] = "| who | when |\n|---|---|\n| Ann | now |\n| Bob | later |\n";

	CHECK(compare(old, "| who | when |\n|---|---|\n| Ann | never |\n| Bob | later |\n"));
	CHECK(strstr(short_marks(change()->html.safe),
		"<tr><td>Ann</td><td>[-now-][+never+]</td></tr>\n<tr><td>Bob</td><td>later</td></tr>\n"));
	CHECK(compare(old, "| who | when |\n|---|---|\n| Ann | now |\n| Cid | soon |\n| Bob | later |\n"));
	CHECK(strstr(short_marks(change()->html.safe), "<tr><td>[+Cid+]</td><td>[+soon+]</td></tr>\n"));
	/* a column goes, another comes: every row has both */
	CHECK(compare(old, "| who | where | when |\n|---|---|---|\n| Ann | here | now |\n| Bob | there | later |\n"));
	CHECK(strstr(short_marks(change()->html.safe),
		"<tr><td>Ann</td><td>[+here+]</td><td>now</td></tr>\n"));
	CHECK(compare(old, "| who |\n|---|\n| Ann |\n| Bob |\n| Cid |\n"));
	CHECK(strstr(short_marks(change()->html.safe),
		"<tr><td>Bob</td><td>[-later-]</td></tr>\n<tr><td>[+Cid+]</td><td></td></tr>\n"));
	rendered(&task.arena, change()->html.safe, NULL);
}

static void test_code(void)
{
	shows("```\na = 1\nb = 2\n```\n", "```\na = 1\nb =  3\n```\n",
		"<pre><code>a = 1\nb =[- 2-][+  3+]\n</code></pre>\n");
	CHECK_STR(change()->warning, "changes a number");
}

static const char rec[] =
	"# G\n\n> [!IMPORTANT]\n> **TW-03.** Companies should answer.\n>\n"
	"> - Strength: strong\n> - Basis: opinion\n";

static void test_recommendations(void)
{
	CHECK(compare(rec, "# G\n\n> [!IMPORTANT]\n> **TW-03.** Companies should answer.\n>\n"
		"> - Strength: conditional\n> - Basis: opinion\n"));
	CHECK(found.changes == 1);
	CHECK_STR(change()->place, "TW-03");
	CHECK_STR(change()->warning, "changes “Strength”");
	CHECK(strstr(short_marks(change()->html.safe),
		"<dt>Strength</dt><dd>[-strong-][+conditional+]</dd>"));
	CHECK(compare(rec, "# G\n\n> [!TIP]\n> **TW-04.** Companies should answer.\n>\n"
		"> - Strength: strong\n> - Basis: opinion\n"));
	CHECK_STR(change()->warning, "changes the id of a recommendation and changes the kind of a box");
	CHECK(strstr(change()->html.safe, "this was TW-03"));
	CHECK(strstr(change()->html.safe, "this was a box of the kind important"));
	/* gone with its label and the names of its facts */
	CHECK(compare(rec, "# G\n"));
	CHECK(strstr(short_marks(change()->html.safe), "<span class=\"k\">[-TW-03-]</span>"));
	CHECK(strstr(short_marks(change()->html.safe), "<dt>[-Basis-]</dt><dd>[-opinion-]</dd>"));
	CHECK(!change()->warning);
}

static void test_sources(void)
{
	static const char old[] = "One.[^a] Two.[^b]\n\n[^a]: Book A\n[^b]: Book B\n";

	/* renumbered, not changed */
	CHECK(compare(old, "Two.[^b] One.[^a]\n\n[^b]: Book B\n[^a]: Book A\n"));
	CHECK(found.changes == 1);
	CHECK(compare(old, "One.[^a] Two.[^b]\n\n[^a]: Book A\n[^b]: Book B, page 2\n"));
	CHECK(found.changes == 1);
	CHECK_STR(change()->place, "Source b");
	CHECK_STR(change()->warning, "changes a number");
	CHECK_STR(short_marks(change()->html.safe),
		"<section class=\"footnotes\">\n<ol start=\"2\">\n<li>Book B[+, page 2+]</li>\n</ol>\n</section>\n");
	shows(old, "One. Two.[^b]\n\n[^a]: Book A\n[^b]: Book B\n",
		"<p>One.[-<sup>[a]</sup>-] Two.<sup class=\"fn\">1</sup></p>\n");
	CHECK_STR(change()->summary, "source mark");
	CHECK_STR(change()->warning, "changes which source is named");
	CHECK(found.changes == 2);
}

static void test_front(void)
{
	static const char old[] = "---\nid: a\nreview-by: 2027-01-01\nkeywords: [x, y]\n---\n# A\n";

	CHECK(compare(old, "---\nid: a\nreview-by: 2027-01-01\nkeywords:\n  - x\n  - y\n---\n# A\n"));
	CHECK(found.changes == 0);
	shows(old, "---\nid: a\nreview-by: 2028-01-01\nowner: me\nkeywords: [x, y]\n---\n# A\n",
		"<dl class=\"facts\"><dt>Review by</dt><dd>[-2027-][+2028+]-01-01</dd>\n"
		"<dt>Owner</dt><dd>[+me+]</dd>\n</dl>\n");
	CHECK_STR(change()->place, "About this guide");
	CHECK_STR(change()->kind, "edited");
	CHECK_STR(change()->warning, "changes “Review by”, changes “Owner” and changes a number");
	CHECK(compare("# A\n", old));
	CHECK_STR(change()->kind, "added");
	CHECK(!change()->before && change()->after);
}

static void test_refused(void)
{
	CHECK(!compare("fine\n", "not \xff fine\n"));
	CHECK(task.err.code == ERR_FIELDS);
}

int main(void)
{
	test_nothing();
	test_words();
	test_empty_inside();
	test_clean_up();
	test_markup();
	test_links();
	test_invisible();
	test_blocks();
	test_moved();
	test_lists();
	test_tables();
	test_code();
	test_recommendations();
	test_sources();
	test_front();
	test_refused();
	arena_free(&task.arena);
	return test_result();
}
