#pragma once
#include "examine/checked_gate.h"
#include "examine/syntax_rules.h"

// The checks of rules that look at Python, by theme. Each is handed a node that an entry of its rule
// fits, and what the rule's data say of it.
namespace assay {

// All of them, by the names that rules give them.
CheckedGate::SyntaxChecks python_checks();

// Programs and shells.
bool check_shell(const SyntaxMatch& match, Judgement& judgement);
bool check_not_subprocess(const SyntaxMatch& match, Judgement& judgement);
bool check_partial_path(const SyntaxMatch& match, Judgement& judgement);
bool check_shell_wildcard(const SyntaxMatch& match, Judgement& judgement);
bool check_remote_command(const SyntaxMatch& match, Judgement& judgement);

// Statements and pages put together from data.
bool check_sql_built(const SyntaxMatch& match, Judgement& judgement);
bool check_django_extra(const SyntaxMatch& match, Judgement& judgement);
bool check_rawsql(const SyntaxMatch& match, Judgement& judgement);
bool check_markup(const SyntaxMatch& match, Judgement& judgement);

// A function that is named and not called there: `map(pickle.loads, texts)`. What it is given then is not
// seen; as an argument it is most often called at once, else with a low confidence.
bool is_handed_on(const SyntaxMatch& match);
bool check_handed_on(const SyntaxMatch& match, Judgement& judgement);

// What is loaded, run or unpacked.
bool check_pickle_load(const SyntaxMatch& match, Judgement& judgement);
bool check_exec(const SyntaxMatch& match, Judgement& judgement);
bool check_marshal_load(const SyntaxMatch& match, Judgement& judgement);
bool check_urlopen(const SyntaxMatch& match, Judgement& judgement);
bool check_archive_extraction(const SyntaxMatch& match, Judgement& judgement);
bool check_model_revision(const SyntaxMatch& match, Judgement& judgement);
bool check_python2_input(const SyntaxMatch& match, Judgement& judgement);

// Cryptography and TLS.
bool check_weak_hash(const SyntaxMatch& match, Judgement& judgement);
bool check_weak_cipher(const SyntaxMatch& match, Judgement& judgement);
bool check_block_mode(const SyntaxMatch& match, Judgement& judgement);
bool check_random(const SyntaxMatch& match, Judgement& judgement);
bool check_old_tls(const SyntaxMatch& match, Judgement& judgement);
bool check_tls_ciphers(const SyntaxMatch& match, Judgement& judgement);
bool check_verification_off(const SyntaxMatch& match, Judgement& judgement);
bool check_digest_comparison(const SyntaxMatch& match, Judgement& judgement);
bool check_token_times(const SyntaxMatch& match, Judgement& judgement);
bool check_snmp_keys(const SyntaxMatch& match, Judgement& judgement);

// Files, addresses, passwords, control flow.
bool check_file_mode(const SyntaxMatch& match, Judgement& judgement);
bool check_umask(const SyntaxMatch& match, Judgement& judgement);
bool check_temp_path(const SyntaxMatch& match, Judgement& judgement);
bool check_mktemp(const SyntaxMatch& match, Judgement& judgement);
bool check_bind_all(const SyntaxMatch& match, Judgement& judgement);
bool check_hardcoded_password(const SyntaxMatch& match, Judgement& judgement);
bool check_dropped_exception(const SyntaxMatch& match, Judgement& judgement);

}  // namespace assay
