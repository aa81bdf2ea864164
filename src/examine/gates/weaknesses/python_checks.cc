#include "examine/gates/weaknesses/python_checks.h"

namespace assay {

CheckedGate::SyntaxChecks python_checks() {
  return {{"shell", check_shell},
          {"not-subprocess", check_not_subprocess},
          {"partial-path", check_partial_path},
          {"shell-wildcard", check_shell_wildcard},
          {"remote-command", check_remote_command},
          {"sql-built", check_sql_built},
          {"django-extra", check_django_extra},
          {"rawsql", check_rawsql},
          {"markup", check_markup},
          {"pickle-load", check_pickle_load},
          {"exec", check_exec},
          {"marshal-load", check_marshal_load},
          {"urlopen", check_urlopen},
          {"archive-extraction", check_archive_extraction},
          {"model-revision", check_model_revision},
          {"python2-input", check_python2_input},
          {"weak-hash", check_weak_hash},
          {"weak-cipher", check_weak_cipher},
          {"block-mode", check_block_mode},
          {"random", check_random},
          {"old-tls", check_old_tls},
          {"tls-ciphers", check_tls_ciphers},
          {"verification-off", check_verification_off},
          {"digest-comparison", check_digest_comparison},
          {"snmp-keys", check_snmp_keys},
          {"token-times", check_token_times},
          {"file-mode", check_file_mode},
          {"umask", check_umask},
          {"temp-path", check_temp_path},
          {"mktemp", check_mktemp},
          {"bind-all", check_bind_all},
          {"hardcoded-password", check_hardcoded_password},
          {"dropped-exception", check_dropped_exception}};
}

}  // namespace assay
