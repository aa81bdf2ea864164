#include "examine/gates/behaviour/calls.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace assay::behaviour {

namespace {

using Table = std::unordered_map<std::string_view, Act>;

// By the full name. "()" stands for what a call gives: "requests.Session().get".
const Table& known_calls() {
  static const Table table = [] {
    Table calls;
    const auto add = [&](Act act, std::initializer_list<std::string_view> names) {
      for (const auto name : names) calls.emplace(name, act);
    };
    add(Act::fetch,
        {"requests.get", "requests.request", "requests.head", "requests.options", "requests.delete",
         "urllib.request.urlopen", "urllib2.urlopen", "urllib.urlopen", "urllib.request.build_opener().open",
         "six.moves.urllib.request.urlopen", "urllib.request.OpenerDirector().open", "httpx.get",
         "httpx.request", "httpx.stream", "urllib3.request", "http.client.HTTPSConnection().getresponse",
         "http.client.HTTPConnection().getresponse", "httplib.HTTPConnection().getresponse",
         "httplib.HTTPSConnection().getresponse", "aiohttp.request", "treq.get", "pip._vendor.requests.get",
         "cloudscraper.create_scraper().get", "curl_cffi.requests.get", "tls_client.Session().get",
         "pycurl.Curl().perform", "ftplib.FTP().retrbinary", "xmlrpc.client.ServerProxy"});
    add(Act::fetch_file,
        {"urllib.request.urlretrieve", "urllib.urlretrieve", "six.moves.urllib.request.urlretrieve",
         "urllib.request.URLopener().retrieve", "urllib.URLopener().retrieve", "wget.download",
         "urllib.request.FancyURLopener().retrieve", "gdown.download", "pySmartDL.SmartDL"});
    add(Act::send,
        {"requests.post", "requests.put", "requests.patch", "httpx.post", "httpx.put", "httpx.patch",
         "pip._vendor.requests.post", "http.client.HTTPSConnection().request",
         "http.client.HTTPConnection().request", "httplib.HTTPSConnection().request",
         "httplib.HTTPConnection().request", "smtplib.SMTP().sendmail", "smtplib.SMTP().send_message",
         "smtplib.SMTP_SSL().sendmail", "smtplib.SMTP_SSL().send_message", "ftplib.FTP().storbinary",
         "ftplib.FTP().storlines", "socket.socket().send", "socket.socket().sendall",
         "socket.socket().sendto", "discord_webhook.DiscordWebhook", "dhooks.Webhook().send",
         "telegram.Bot().send_message", "telegram.Bot().send_document", "telebot.TeleBot().send_message",
         "telebot.TeleBot().send_document", "paramiko.SFTPClient().put", "paho.mqtt.publish.single"});
    add(Act::connect,
        {"socket.create_connection", "socket.socket().connect", "socket.socket().connect_ex",
         "websocket.create_connection", "websockets.connect", "paramiko.SSHClient().connect",
         "asyncio.open_connection", "smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "telnetlib.Telnet",
         "socketio.Client().connect"});
    add(Act::resolve,
        {"socket.gethostbyname", "socket.getaddrinfo", "socket.gethostbyname_ex", "dns.resolver.resolve",
         "dns.resolver.query", "dns.resolver.Resolver().resolve", "dns.resolver.Resolver().query"});
    add(Act::session,
        {"requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient", "aiohttp.ClientSession",
         "urllib3.PoolManager", "urllib3.ProxyManager", "http.client.HTTPConnection",
         "http.client.HTTPSConnection", "httplib.HTTPConnection", "httplib.HTTPSConnection",
         "cloudscraper.create_scraper", "tls_client.Session", "requests_futures.sessions.FuturesSession"});
    add(Act::socket, {"socket.socket", "socket.create_connection", "ssl.wrap_socket"});
    add(Act::spawn,
        {"os.system", "os.popen", "os.startfile", "os.execl", "os.execle", "os.execlp", "os.execlpe",
         "os.execv", "os.execve", "os.execvp", "os.execvpe", "os.spawnl", "os.spawnle", "os.spawnlp",
         "os.spawnv", "os.spawnve", "os.spawnvp", "os.posix_spawn", "os.posix_spawnp", "subprocess.Popen",
         "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
         "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput",
         "commands.getstatusoutput", "pty.spawn", "asyncio.create_subprocess_shell",
         "asyncio.create_subprocess_exec", "platform.popen", "os.popen2", "os.popen3", "popen2.popen2",
         "distutils.spawn.spawn", "win32api.ShellExecute", "ctypes.windll.shell32.ShellExecuteW",
         "ctypes.windll.shell32.ShellExecuteA", "nt.system", "posix.system", "_posixsubprocess.fork_exec"});
    add(Act::evaluate,
        {"exec", "eval", "execfile", "types.FunctionType", "types.CodeType", "runpy.run_path",
         "runpy._run_code", "code.InteractiveInterpreter().runsource", "code.InteractiveInterpreter().runcode",
         "timeit.timeit"});
    add(Act::load,
        {"pickle.loads", "cPickle.loads", "_pickle.loads", "dill.loads", "cloudpickle.loads",
         "jsonpickle.decode", "pickle.load", "dill.load"});
    add(Act::decode,
        {"base64.b64decode", "base64.urlsafe_b64decode", "base64.standard_b64decode", "base64.decodebytes",
         "base64.decodestring", "base64.b32decode", "base64.b16decode", "base64.b85decode",
         "base64.a85decode", "binascii.unhexlify", "binascii.a2b_hex", "binascii.a2b_base64",
         "bytes.fromhex", "bytearray.fromhex", "bytes().fromhex", "codecs.decode", "codecs.getdecoder()",
         "zlib.decompress", "gzip.decompress", "bz2.decompress", "lzma.decompress", "marshal.loads", "chr",
         "unichr", "cryptography.fernet.Fernet().decrypt", "zlib.decompressobj().decompress",
         "Crypto.Cipher.AES.new().decrypt", "Cryptodome.Cipher.AES.new().decrypt", "pyaes.AES().decrypt",
         "struct.pack"});
    add(Act::host,
        {"socket.gethostname", "socket.getfqdn", "platform.node", "platform.uname", "getpass.getuser",
         "os.getlogin", "os.uname", "uuid.getnode", "pwd.getpwuid", "psutil.users", "win32api.GetUserName"});
    add(Act::capture,
        {"pyperclip.paste", "win32clipboard.GetClipboardData", "PIL.ImageGrab.grab",
         "PIL.ImageGrab.grabclipboard", "ImageGrab.grab", "pyautogui.screenshot", "pyscreenshot.grab",
         "mss.mss().grab", "mss.mss().shot", "pynput.keyboard.Listener", "pynput.mouse.Listener",
         "keyboard.on_press", "keyboard.on_release", "keyboard.hook", "keyboard.record",
         "keyboard.read_event", "pyHook.HookManager", "pyWinhook.HookManager", "tkinter.Tk().clipboard_get"});
    add(Act::open,
        {"open", "io.open", "codecs.open", "os.open", "os.listdir", "os.scandir", "os.walk", "glob.glob",
         "glob.iglob", "sqlite3.connect", "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree",
         "shutil.make_archive", "pathlib.Path().read_text", "pathlib.Path().read_bytes", "pathlib.Path().open",
         "pathlib.Path().iterdir", "pathlib.Path().glob", "pathlib.Path().rglob", "zipfile.ZipFile().write",
         "configparser.ConfigParser().read", "netrc.netrc", "linecache.getlines"});
    add(Act::quiet,
        {"len", "isinstance", "issubclass", "print", "type", "id", "hash", "bool", "callable", "hasattr",
         "os.path.exists", "os.path.isfile", "os.path.isdir", "os.path.getsize", "os.path.getmtime",
         "os.makedirs", "os.mkdir", "os.chmod", "os.remove", "os.unlink", "os.stat", "range", "enumerate().x",
         "hashlib.sha256", "hashlib.md5", "hashlib.sha1", "hashlib.sha512", "shutil.which", "min", "max",
         "sum", "any", "all", "ord", "int", "float", "setuptools.setup", "distutils.core.setup", "setup",
         "logging.getLogger", "warnings.warn"});
    add(Act::dup, {"os.dup2"});
    add(Act::memory,
        {"ctypes.windll.kernel32.VirtualAlloc", "ctypes.windll.kernel32.VirtualAllocEx",
         "ctypes.windll.kernel32.CreateRemoteThread", "ctypes.windll.kernel32.WriteProcessMemory",
         "ctypes.windll.kernel32.RtlMoveMemory", "ctypes.windll.kernel32.CreateThread",
         "ctypes.windll.kernel32.VirtualProtect", "ctypes.windll.ntdll.NtCreateThreadEx"});
    add(Act::sleep, {"time.sleep", "asyncio.sleep"});
    add(Act::debugger,
        {"sys.gettrace", "ctypes.windll.kernel32.IsDebuggerPresent",
         "ctypes.windll.kernel32.CheckRemoteDebuggerPresent"});
    add(Act::machine, {"wmi.WMI", "psutil.process_iter", "psutil.virtual_memory"});
    add(Act::registry,
        {"winreg.SetValueEx", "winreg.SetValue", "_winreg.SetValueEx", "_winreg.SetValue",
         "win32api.RegSetValueEx"});
    return calls;
  }();
  return table;
}

}  // namespace

bool is_interpreter(std::string_view program) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"sh", "bash", "zsh", "cmd", "powershell", "pwsh", "wscript", "cscript", "mshta", "rundll32", "regsvr32",
       "perl", "ruby", "node", "sudo", "nohup", "start", "chmod"});
  auto name = program.substr(program.find_last_of("/\\") + 1);
  if (name.ends_with(".exe")) name.remove_suffix(4);
  return name.starts_with("python") || std::ranges::find(names, name) != names.end();
}

Act act_of(std::string_view callee) {
  const auto& calls = known_calls();
  const auto found = calls.find(callee);
  if (found != calls.end()) return found->second;
  return callee.ends_with(".decrypt") && callee.contains("Fernet") ? Act::decode : Act::none;
}

}  // namespace assay::behaviour
