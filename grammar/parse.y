/* SPDX-License-Identifier: Apache-2.0
 *
 * parse.y - the grammar; cocoapol(5) has it in prose.
 *
 * Words that begin a statement or an item are reserved where an expression can
 * stand; the rest are words like any other.  A row is a flat run of atoms, and
 * so are all declarations between two other items: where one ends is known only
 * to who knows the kinds.
 */
%code requires {
#include "compiler/ast.h"
}

%code top {
/* Brackets that nest deeper than this are refused, not followed. */
#define YYMAXDEPTH 10000
#define YYSTACK_USE_ALLOCA 0
}

%code {
#include "grammar/scan.h"

#define YYLLOC_DEFAULT(place, rhs, n) \
	((place) = (n) != 0 ? loc_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n)) : after(YYRHSLOC(rhs, 0)))

static struct loc after(struct loc loc);
static int cpolc_lex(CPOLC_STYPE *value, struct loc *loc, struct parse *p);
static void cpolc_error(const struct loc *loc, struct parse *p, const char *message);
static int resume(CPOLC_STYPE *value, struct loc *loc, struct parse *p, int token, bool in_rule);
static struct ast_item *item_at(struct parse *p, enum ast_item_kind kind, struct ast_name name,
    struct ast_expr *expr);
static struct ast_item *item_over(struct parse *p, enum ast_item_kind kind, struct ast_name name,
    struct ast_names *names, struct ast_expr *expr, struct ast_stmts *stmts);
static struct ast_member column(struct ast_name name, struct ast_type *type, struct ast_atom *fallback,
    bool unique, bool key);

static const struct ast_name no_name;
static const struct str no_text;
}

%define api.pure full
%define api.prefix {cpolc_}
%define api.token.prefix {TOK_}
%define api.value.type union
%define api.location.type {struct loc}
%define parse.error custom
%define parse.lac full
%expect 0
%locations
%param {struct parse *p}
%initial-action { @$ = (struct loc){ p->file->source, 0, 0 }; }

%token YYEOF 0 "the end of the text"
%token <struct str> NAME "a name" INTEGER "an integer" STRING "a string" REGEX "a pattern" DIGEST "a digest"
%token <struct str> ADD "add" ALL "all" ALLOW "allow" ALWAYS "always" AND "and" AS "as" BECAUSE "because"
%token <struct str> BELOW "below" CAPACITY "capacity" CONST "const" DEF "def" DELETE "delete" ENUM "enum"
%token <struct str> EVENT "event" FALSE "false" FOR "for" FORM "form" FRAMEWORK "framework" GHOST "ghost"
%token <struct str> GIVE "give" GIVES "gives" IMPLIES "implies" IN "in" INVARIANT "invariant" KEEP "keep"
%token <struct str> KEY "key" KIND "kind" LET "let" LIST "list" MAP "map" MATCHES "matches" MAX "max"
%token <struct str> NAMED "named" NEVER "never" NOT "not" OF "of" OLD "old" ON "on" OR "or"
%token <struct str> OVERRIDE "override" POLICY "policy" PROPERTIES "properties" REACHABLE "reachable"
%token <struct str> RECORD "record"
%token <struct str> REQUIRE "require" RESTRICT "restrict" SET "set" SOME "some" STATE "state" SVN "svn"
%token <struct str> SWITCH "switch" TO "to" TRUE "true" UNIQUE "unique" USES "uses"
%token EQ "==" NE "!=" LE "<=" GE ">=" ARROW "->" NOT_IN "not in" COMMENT "a comment"

%nterm <struct ast_name> name word plural type_name
%nterm <struct str> soft hard inner because
%nterm <uint64_t> integer
%nterm <bool> named ghost override
%nterm <struct ast_names *> words parameters names events
%nterm <struct ast_members *> members columns fields
%nterm <struct ast_type *> type state_type value_type
%nterm <struct ast_atom *> fallback
%nterm <struct ast_atom> atom bare
%nterm <struct ast_atoms *> atoms form
%nterm <struct ast_stmts *> stmts
%nterm <struct ast_stmt> stmt effect
%nterm <struct ast_item *> item
%nterm <struct ast_expr *> expr postfix primary
%nterm <struct ast_exprs *> exprs

/* A quantifier's body goes on as far as it can. */
%precedence QUANTIFIER
%right "implies"
%left "or"
%left "and"
%precedence "not"
%nonassoc "==" "!=" '<' "<=" '>' ">=" "in" "not in" "matches" "below"
%left '+' '-'

%%

file: header plain | header run;

header:
  "framework" name integer
	{ p->file->is_framework = true; p->file->name = $2; p->file->version = $3; }
| "policy" name "svn" integer "uses" name integer
	{ p->file->name = $2; p->file->svn = $4; p->file->framework = $6; p->file->version = $7; }
| "properties" name "for" name integer
	{ p->file->is_properties = true; p->file->name = $2; p->file->framework = $4; p->file->version = $5; }
;

/* Items; those that end in anything but declarations, and those that do. */
plain:
  %empty
| plain item            { $2->loc = @2; ast_items_add(p, $2); }
| run item              { $2->loc = @2; ast_items_add(p, $2); }
| plain error           { yychar = resume(&yylval, &yylloc, p, yychar, false); if (yychar != 0) yyerrok; }
| run error             { yychar = resume(&yylval, &yylloc, p, yychar, false); if (yychar != 0) yyerrok; }
;
run:
  plain NAME            { struct ast_atom a = ast_atom(ATOM_WORD, @2, $2); ast_rows_add(p, &a); }
| run NAME              { struct ast_atom a = ast_atom(ATOM_WORD, @2, $2); ast_rows_add(p, &a); }
| run soft              { struct ast_atom a = ast_atom(ATOM_WORD, @2, $2); ast_rows_add(p, &a); }
| run inner             { struct ast_atom a = ast_atom(ATOM_WORD, @2, $2); ast_rows_add(p, &a); }
| run bare              { ast_rows_add(p, &$2); }
;

item:
  "enum" type_name '{' words '}'
	{ $$ = ast_item(p, ITEM_ENUM, $2); $$->names = $4; }
| "record" type_name '{' members '}'
	{ $$ = ast_item(p, ITEM_RECORD, $2); $$->members = $4; }
| "kind" type_name plural named '{' columns form '}'
	{
		$$ = ast_item(p, ITEM_KIND, $2);
		$$->plural = $3;
		$$->named = $4;
		$$->members = $6;
		$$->atoms = $7;
	}
| "switch" name ':' type '=' atom
	{ $$ = ast_item(p, ITEM_SWITCH, $2); $$->type = $4; $$->value = $6; }
| "const" name '=' integer
	{ $$ = ast_item(p, ITEM_CONST, $2); $$->integer = $4; }
| "event" name '{' fields '}'
	{ $$ = ast_item(p, ITEM_EVENT, $2); $$->members = $4; }
| ghost "state" name ':' state_type
	{ $$ = ast_item(p, ITEM_STATE, $3); $$->ghost = $1; $$->type = $5; }
| "def" name '=' expr
	{ $$ = item_at(p, ITEM_DEF, $2, $4); }
| "def" name '(' parameters ')' '=' expr
	{ $$ = item_at(p, ITEM_DEF, $2, $7); $$->names = $4; }
| override "on" name '{' stmts '}'
	{ $$ = item_over(p, ITEM_ON, $3, NULL, NULL, $5); $$->override = $1; }
| "restrict" events '{' stmts '}'
	{ $$ = item_over(p, ITEM_RESTRICT, (struct ast_name){ $1, @1 }, $2, NULL, $4); }
| "invariant" name ':' expr
	{ $$ = item_at(p, ITEM_INVARIANT, $2, $4); }
| "reachable" name ':' expr
	{ $$ = item_at(p, ITEM_REACHABLE, $2, $4); }
| "always" name ':' "on" events ':' expr
	{ $$ = item_over(p, ITEM_ALWAYS, $2, $5, $7, NULL); }
| "never" name ':' "on" events ':' expr
	{ $$ = item_over(p, ITEM_NEVER, $2, $5, $7, NULL); }
| "allow" name
	{ $$ = ast_item(p, ITEM_ALLOW, $2); }
| "set" name '=' atom
	{ $$ = ast_item(p, ITEM_SET, $2); $$->value = $4; }
;

type_name:      NAME { $$ = (struct ast_name){ $1, @1 }; };
plural:         %empty { $$ = no_name; } | "as" name { $$ = $2; };
named:          %empty { $$ = false; } | "named" { $$ = true; };
ghost:          %empty { $$ = false; } | "ghost" { $$ = true; };
override:       %empty { $$ = false; } | "override" { $$ = true; };
words:          %empty { $$ = NULL; } | words word { $$ = ast_names(p, $1, $2); };
parameters:     %empty { $$ = NULL; } | names;
names:          name { $$ = ast_names(p, NULL, $1); } | names ',' name { $$ = ast_names(p, $1, $3); };
/* NULL: all of them. */
events:         names | "all" { $$ = NULL; };
integer:        INTEGER { $$ = ast_integer(p, @1, $1); };

members:
  %empty                                { $$ = NULL; }
| members word ':' type                 { $$ = ast_members(p, $1, column($2, $4, NULL, false, false)); }
| members "key" word ':' type           { $$ = ast_members(p, $1, column($3, $5, NULL, false, true)); }
;
fields:
  %empty                                { $$ = NULL; }
| fields word ':' type                  { $$ = ast_members(p, $1, column($2, $4, NULL, false, false)); }
| fields "gives" word ':' type
	{
		struct ast_member given = column($3, $5, NULL, false, false);

		given.gives = true;
		$$ = ast_members(p, $1, given);
	}
;
columns:
  %empty                                { $$ = NULL; }
| columns word ':' type fallback        { $$ = ast_members(p, $1, column($2, $4, $5, false, false)); }
| columns "key" word ':' type fallback  { $$ = ast_members(p, $1, column($3, $5, $6, false, true)); }
| columns "unique" word ':' type fallback
	{ $$ = ast_members(p, $1, column($3, $5, $6, true, false)); }
| columns "unique" "key" word ':' type fallback
	{ $$ = ast_members(p, $1, column($4, $6, $7, true, true)); }
;
fallback:
  %empty                { $$ = NULL; }
| '=' atom              { $$ = arena_new(p->arena, struct ast_atom); *$$ = $2; }
;
form:           %empty { $$ = NULL; } | "form" atoms { $$ = $2; };

type:
  NAME                                  { $$ = ast_type(p, TYPE_ONE, @$, $1); }
| NAME '(' integer ')'
	{ $$ = ast_type(p, TYPE_ONE, @$, $1); $$->has_size = true; $$->size = $3; }
| "list" "of" type                      { $$ = ast_type(p, TYPE_LIST, @$, $1); $$->of = $3; }
| "list" '(' integer ')' "of" type
	{ $$ = ast_type(p, TYPE_LIST, @$, $1); $$->has_size = true; $$->size = $3; $$->of = $6; }
| "set" "of" type                       { $$ = ast_type(p, TYPE_SET, @$, $1); $$->of = $3; }
| "set" '(' integer ')' "of" type
	{ $$ = ast_type(p, TYPE_SET, @$, $1); $$->has_size = true; $$->size = $3; $$->of = $6; }
;
value_type:
  type
| type "max" integer                    { $$ = $1; $$->has_max = true; $$->max = $3; }
;
state_type:
  value_type
| type "capacity" integer               { $$ = $1; $$->has_capacity = true; $$->capacity = $3; }
| "map" type "->" value_type "capacity" integer
	{
		$$ = ast_type(p, TYPE_MAP, @$, $1);
		$$->key = $2;
		$$->of = $4;
		$$->has_capacity = true;
		$$->capacity = $6;
	}
;

/* Rows.  A comma may stand between any two of them; decl.c says where. */
atoms:          %empty { $$ = NULL; } | atoms atom { $$ = ast_atoms(p, $1, &$2); };
atom:
  word                  { $$ = ast_atom(ATOM_WORD, @1, $1.text); }
| bare
;
bare:
  STRING                { $$ = ast_atom(ATOM_STRING, @1, $1); }
| INTEGER               { $$ = ast_atom(ATOM_INT, @1, $1); }
| REGEX                 { $$ = ast_atom(ATOM_REGEX, @1, $1); }
| DIGEST                { $$ = ast_atom(ATOM_DIGEST, @1, $1); }
| '='                   { $$ = ast_atom(ATOM_EQUALS, @1, (struct str){ "=", 1 }); }
| ','                   { $$ = ast_atom(ATOM_COMMA, @1, (struct str){ ",", 1 }); }
| '[' atoms ']'         { $$ = ast_atom_group(p, ATOM_LIST, @$, $2); }
| '{' atoms '}'         { $$ = ast_atom_group(p, ATOM_SET, @$, $2); }
;

stmts:
  %empty                { $$ = NULL; }
| stmts stmt            { $$ = ast_stmts(p, $1, &$2); }
| stmts error
	{ $$ = $1; yychar = resume(&yylval, &yylloc, p, yychar, true); if (yychar != 0) yyerrok; }
;
stmt:
  "require" expr because
	{ $$ = (struct ast_stmt){ .kind = STMT_REQUIRE, .loc = $2->loc, .value = $2, .label = $3 }; }
| "let" name '=' expr
	{ $$ = (struct ast_stmt){ .kind = STMT_LET, .loc = $2.loc, .name = $2, .value = $4 }; }
| "keep" name '=' expr
	{ $$ = (struct ast_stmt){ .kind = STMT_KEEP, .loc = @$, .name = $2, .value = $4 }; }
| "give" name '=' expr
	{ $$ = (struct ast_stmt){ .kind = STMT_GIVE, .loc = @$, .name = $2, .value = $4 }; }
| effect
| "ghost" effect
	{ $$ = $2; $$.ghost = true; $$.loc = @$; }
;
because:
  %empty                { $$ = (struct str){ NULL, 0 }; }
| "because" STRING      { $$ = $2; }
;
effect:
  "set" name '=' expr
	{ $$ = (struct ast_stmt){ .kind = STMT_SET, .loc = @$, .name = $2, .value = $4 }; }
| "set" name '[' expr ']' '=' expr
	{ $$ = (struct ast_stmt){ .kind = STMT_PUT, .loc = @$, .name = $2, .key = $4, .value = $7 }; }
| "add" expr "to" name
	{ $$ = (struct ast_stmt){ .kind = STMT_ADD, .loc = @$, .name = $4, .key = $2 }; }
| "delete" name '[' expr ']'
	{ $$ = (struct ast_stmt){ .kind = STMT_DELETE, .loc = @$, .name = $2, .key = $4 }; }
;

expr:
  postfix
| "not" expr                            { $$ = ast_unary(p, AST_NOT, @$, $2, $1); }
| expr "and" expr                       { $$ = ast_binary(p, AST_AND, @$, $1, $3); }
| expr "or" expr                        { $$ = ast_binary(p, AST_OR, @$, $1, $3); }
| expr "implies" expr                   { $$ = ast_binary(p, AST_IMPLIES, @$, $1, $3); }
| expr "==" expr                        { $$ = ast_binary(p, AST_EQ, @$, $1, $3); }
| expr "!=" expr                        { $$ = ast_binary(p, AST_NE, @$, $1, $3); }
| expr '<' expr                         { $$ = ast_binary(p, AST_LT, @$, $1, $3); }
| expr "<=" expr                        { $$ = ast_binary(p, AST_LE, @$, $1, $3); }
| expr '>' expr                         { $$ = ast_binary(p, AST_GT, @$, $1, $3); }
| expr ">=" expr                        { $$ = ast_binary(p, AST_GE, @$, $1, $3); }
| expr "in" expr                        { $$ = ast_binary(p, AST_IN, @$, $1, $3); }
| expr "not in" expr                    { $$ = ast_binary(p, AST_NOT_IN, @$, $1, $3); }
| expr "matches" expr                   { $$ = ast_binary(p, AST_MATCHES, @$, $1, $3); }
| expr "below" expr                     { $$ = ast_binary(p, AST_BELOW, @$, $1, $3); }
| expr '+' expr                         { $$ = ast_binary(p, AST_ADD, @$, $1, $3); }
| expr '-' expr                         { $$ = ast_binary(p, AST_SUB, @$, $1, $3); }
| "some" name "in" expr ':' expr                        %prec QUANTIFIER
	{ $$ = ast_loop(p, AST_SOME, @$, $2, no_name, $4, $6); }
| "all" name "in" expr ':' expr                         %prec QUANTIFIER
	{ $$ = ast_loop(p, AST_ALL, @$, $2, no_name, $4, $6); }
| "some" '(' name ',' name ')' "in" expr ':' expr       %prec QUANTIFIER
	{ $$ = ast_loop(p, AST_SOME, @$, $5, $3, $8, $10); }
| "all" '(' name ',' name ')' "in" expr ':' expr        %prec QUANTIFIER
	{ $$ = ast_loop(p, AST_ALL, @$, $5, $3, $8, $10); }
;
postfix:
  primary
| postfix '.' word                      { $$ = ast_unary(p, AST_DOT, @$, $1, $3.text); }
| postfix '[' expr ']'                  { $$ = ast_binary(p, AST_INDEX, @$, $1, $3); }
;
primary:
  name                                  { $$ = ast_leaf(p, AST_NAME, @$, $1.text); }
| "old" name                            { $$ = ast_leaf(p, AST_OLD, @$, $2.text); }
| "true"                                { $$ = ast_number(p, AST_BOOL, @$, 1); }
| "false"                               { $$ = ast_number(p, AST_BOOL, @$, 0); }
| integer                               { $$ = ast_number(p, AST_INT, @$, $1); }
| STRING                                { $$ = ast_leaf(p, AST_STRING, @$, $1); }
| REGEX                                 { $$ = ast_leaf(p, AST_REGEX, @$, $1); }
| DIGEST                                { $$ = ast_leaf(p, AST_DIGEST, @$, $1); }
| '(' expr ')'                          { $$ = $2; }
| name '(' ')'                          { $$ = ast_many(p, AST_CALL, @$, $1.text, NULL); }
| name '(' exprs ')'                    { $$ = ast_many(p, AST_CALL, @$, $1.text, $3); }
| name '(' expr ':' expr ')'            { $$ = ast_count(p, @$, $1, $3, $5); }
| '{' '}'                               { $$ = ast_many(p, AST_SET, @$, no_text, NULL); }
| '{' exprs '}'                         { $$ = ast_many(p, AST_SET, @$, no_text, $2); }
| '{' expr '|' expr '}'                 { $$ = ast_loop_in(p, AST_WHERE_SET, @$, $2, $4); }
| '[' ']'                               { $$ = ast_many(p, AST_LIST, @$, no_text, NULL); }
| '[' exprs ']'                         { $$ = ast_many(p, AST_LIST, @$, no_text, $2); }
| '[' expr '|' expr ']'                 { $$ = ast_loop_in(p, AST_WHERE_LIST, @$, $2, $4); }
| '[' expr "for" name "in" expr ']'     { $$ = ast_loop(p, AST_MAP, @$, $4, no_name, $6, $2); }
;
exprs:
  expr                                  { $$ = ast_exprs(p, NULL, $1); }
| exprs ',' expr                        { $$ = ast_exprs(p, $1, $3); }
;

name:           NAME { $$ = (struct ast_name){ $1, @1 }; } | soft { $$ = (struct ast_name){ $1, @1 }; };
word:           name | hard { $$ = (struct ast_name){ $1, @1 }; };
soft:
  "as" | "capacity" | "form" | "framework" | "gives" | "key" | "list" | "map" | "max" | "named" | "of"
| "policy" | "properties" | "svn" | "to" | "unique" | "uses"
;
/* Those that begin an item end a run of declarations, and the others don't. */
hard:
  inner
| "allow" | "always" | "const" | "def" | "enum" | "event" | "ghost" | "invariant" | "kind" | "never" | "on"
| "override" | "reachable" | "record" | "restrict" | "set" | "state" | "switch"
;
inner:
  "add" | "all" | "and" | "because" | "below" | "delete" | "false" | "for" | "give" | "implies" | "in"
| "keep" | "let" | "matches" | "not" | "old" | "or" | "require" | "some" | "true"
;

%%

/* Where an empty construct is: just after what precedes it. */
static struct loc after(struct loc loc)
{
	return (struct loc){ loc.source, loc.end, loc.end };
}

static int cpolc_lex(CPOLC_STYPE *value, struct loc *loc, struct parse *p)
{
	int token = scan_next(p->scan);

	*loc = p->scan->loc;
	/* Every token that has a value has a string, so any member is the one. */
	value->TOK_NAME = p->scan->text;
	if (token == '{')
		p->nesting++;
	else if (token == '}' && p->nesting > 0)
		p->nesting--;
	return token;
}

static void cpolc_error(const struct loc *loc, struct parse *p, const char *message)
{
	/* All but syntax errors, which are reported below: the stack is full. */
	(void)message;
	p->has_errors = true;
	diag_error(p->diag, *loc, DIAG_TOO_DEEP, "this nests too deep");
}

static int yyreport_syntax_error(const yypcontext_t *at, struct parse *p)
{
	enum { MOST = 5 };
	yysymbol_kind_t expected[YYNTOKENS];
	int n = yypcontext_expected_tokens(at, expected, YYNTOKENS);
	struct str wanted = { "", 0 };
	struct loc loc = *yypcontext_location(at);
	int i;

	/* A string can stand where any expression can, and in few other places. */
	for (i = 0; i < n && expected[i] != YYSYMBOL_STRING; i++)
		;
	if (n > MOST && i < n)
		wanted = STR(", wanted an expression");
	for (i = 0; n <= MOST && i < n; i++)
		wanted = arena_printf(p->arena, "%.*s%s%s", STR_ARG(wanted),
		    i == 0 ? ", wanted " : i + 1 == n ? " or " : ", ", yysymbol_name(expected[i]));
	p->has_errors = true;
	if (loc.end == loc.start)
		diag_error(p->diag, loc, DIAG_SYNTAX, "the text ends here%.*s", STR_ARG(wanted));
	else
		diag_error(p->diag, loc, DIAG_SYNTAX, "'%.*s' does not fit here%.*s",
		    (int)(loc.end - loc.start > 40 ? 40 : loc.end - loc.start),
		    loc.source->text.ptr + loc.start, STR_ARG(wanted));
	return 0;
}

static bool starts_statement(int token)
{
	return token == TOK_REQUIRE || token == TOK_LET || token == TOK_SET || token == TOK_ADD
	    || token == TOK_DELETE || token == TOK_KEEP || token == TOK_GIVE || token == TOK_GHOST;
}

static bool starts_item(int token)
{
	return token == TOK_ENUM || token == TOK_RECORD || token == TOK_KIND || token == TOK_SWITCH
	    || token == TOK_CONST || token == TOK_EVENT || token == TOK_GHOST || token == TOK_STATE
	    || token == TOK_DEF || token == TOK_OVERRIDE || token == TOK_ON || token == TOK_RESTRICT
	    || token == TOK_INVARIANT || token == TOK_REACHABLE || token == TOK_ALWAYS
	    || token == TOK_NEVER || token == TOK_ALLOW || token == TOK_SET;
}

/* After a syntax error: the next token that begins a statement or ends the rule,
 * or that begins an item outside all braces. */
static int resume(CPOLC_STYPE *value, struct loc *loc, struct parse *p, int token, bool in_rule)
{
	if (token == TOK_CPOLC_EMPTY)
		token = cpolc_lex(value, loc, p);
	while (token != 0) {
		if (in_rule && starts_statement(token)) {
			p->nesting = 1;
			break;
		}
		if (p->nesting == 0 && (in_rule ? token == '}' : starts_item(token)))
			break;
		token = cpolc_lex(value, loc, p);
	}
	return token;
}

static struct ast_item *item_at(struct parse *p, enum ast_item_kind kind, struct ast_name name,
    struct ast_expr *expr)
{
	return item_over(p, kind, name, NULL, expr, NULL);
}

static struct ast_item *item_over(struct parse *p, enum ast_item_kind kind, struct ast_name name,
    struct ast_names *names, struct ast_expr *expr, struct ast_stmts *stmts)
{
	struct ast_item *item = ast_item(p, kind, name);

	item->on_all = names == NULL;
	item->names = names;
	item->expr = expr;
	item->stmts = stmts;
	return item;
}

static struct ast_member column(struct ast_name name, struct ast_type *type, struct ast_atom *fallback,
    bool unique, bool key)
{
	return (struct ast_member){ .name = name, .type = type, .fallback = fallback, .unique = unique,
		.key = key };
}

int ast_parse(struct arena *a, struct diag *d, struct ast_file *file)
{
	struct scan scan = { .arena = a, .diag = d, .source = file->source };
	struct parse p = { .arena = a, .diag = d, .file = file, .scan = &scan };
	int failed;

	if (scan_open(&scan) != 0)
		return -1;
	failed = cpolc_parse(&p);
	scan_close(&scan);
	return failed != 0 || p.has_errors || scan.has_errors ? -1 : 0;
}
