#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace assay::behaviour {

// What a call does that matters here.
enum class Act : std::uint8_t {
  none,
  fetch,       // asks a server: gives what it answers; what it is given is sent
  fetch_file,  // the same, into a file
  send,        // sends what it is given
  connect,     // reaches a server, sends nothing yet
  resolve,     // asks for a name's address
  session,     // makes what fetches and sends
  socket,      // makes a socket
  spawn,       // starts a program
  evaluate,    // runs text or code as Python
  load,        // makes objects of bytes: may run code (pickle)
  decode,      // makes text or bytes of others
  host,        // tells of this machine or its user
  capture,     // clipboard, screen, keyboard
  open,        // opens, reads or copies a file
  quiet,       // gives nothing of what it is given: len, isinstance, …
  dup,         // makes a file descriptor another: with a socket, a reverse shell
  memory,      // native code in memory that was just made executable
  sleep,
  debugger,    // asks whether a debugger looks on
  machine,     // asks what machine this is: virtual, emulated
  registry,    // writes Windows' registry
};

class Acts {  // a set
 public:
  constexpr Acts(std::initializer_list<Act> acts = {}) {
    for (const Act act : acts) add(act);
  }
  constexpr void add(Act act) { bits_ |= std::uint32_t{1} << static_cast<unsigned>(act); }
  constexpr void add(Acts others) { bits_ |= others.bits_; }
  constexpr bool has_any_of(Acts others) const { return (bits_ & others.bits_) != 0; }

 private:
  std::uint32_t bits_ = 0;
};

// A program that runs what its arguments name: "/usr/bin/python3", "cmd.exe".
bool is_interpreter(std::string_view program);

// Of a callee by its full name, as called_name() gives it.
Act act_of(std::string_view callee);

}  // namespace assay::behaviour
