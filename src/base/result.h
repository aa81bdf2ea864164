#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace assay {

enum class ErrorKind {
  invalid_input,  // what a person or a peer gave can't be used as it is
  not_found,      // it was asked for properly and is not there
  network,        // no answer, or not one to be trusted
  io,             // the local file system or database refused
  subprocess,     // a child process could not be run to its end
  cancelled,      // a stop was requested
  internal,       // a defect of assay
};

// Why an operation could not be completed. A bad package is a Finding, never an Error.
struct Error {
  ErrorKind kind;
  std::string message;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{kind, std::move(message)});
}

// Prefixes what was being done, so that a message reads outermost first.
template <class T>
Result<T> context(Result<T> result, std::string_view doing) {
  if (!result) result.error().message.insert(0, std::string(doing) + ": ");
  return result;
}

}  // namespace assay

#define ASSAY_CONCAT_(a, b) a##b
#define ASSAY_CONCAT(a, b) ASSAY_CONCAT_(a, b)
#define ASSAY_TRY_(tmp, declaration, expression)                       \
  auto tmp = (expression);                                             \
  if (!tmp) return std::unexpected(std::move(tmp).error());            \
  declaration = *std::move(tmp)
// ASSAY_TRY(auto version, Version::parse(text)); returns the error to the caller.
#define ASSAY_TRY(declaration, expression) \
  ASSAY_TRY_(ASSAY_CONCAT(try_, __COUNTER__), declaration, expression)
// The same for Result<void>: ASSAY_CHECK(write_file(...));
#define ASSAY_CHECK_(tmp, expression)                                                  \
  do {                                                                                 \
    if (auto tmp = (expression); !tmp) return std::unexpected(std::move(tmp).error()); \
  } while (false)
#define ASSAY_CHECK(expression) ASSAY_CHECK_(ASSAY_CONCAT(check_, __COUNTER__), expression)
