"""peers.py: the programs we are held against, each a private instance of Debian's package.

nginx   static files (1 worker, sendfile, no compression), and the front of cgit and dokuwiki
cgit    over fcgiwrap with 4 processes, its cache on
dokuwiki over php-fpm with 4 workers, opcache on; its own copy, so that its data are ours
fossil  its own server, on a wiki page in Markdown

All run from the scratch folder on ports of their own. One that is not there raises Absent."""
import atexit, os, pathlib, shutil, signal, socket, subprocess, time, urllib.parse, urllib.request
from measure import Absent

NGINX = """daemon off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
	access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000; gzip off; default_type text/html; charset utf-8;
	client_max_body_size 4m;
	client_body_temp_path {at}/t1; proxy_temp_path {at}/t2; fastcgi_temp_path {at}/t3; uwsgi_temp_path {at}/t4; scgi_temp_path {at}/t5;
	fastcgi_buffers 64 8k;
	server {{
		listen 127.0.0.1:{port};
		location / {{ root {at}/files; }}
		location = /sink {{ return 201 "ok"; }}
		location /cgit/ {{
			fastcgi_param SCRIPT_FILENAME /usr/lib/cgit/cgit.cgi; fastcgi_param CGIT_CONFIG {at}/cgitrc;
			fastcgi_param REQUEST_METHOD $request_method; fastcgi_param QUERY_STRING $query_string; fastcgi_param HTTP_HOST $http_host;
			fastcgi_split_path_info ^(/cgit)(/.*)$; fastcgi_param SCRIPT_NAME /cgit; fastcgi_param PATH_INFO $fastcgi_path_info;
			fastcgi_pass unix:{at}/cgit.socket;
		}}
		location = /doku.php {{
			fastcgi_param SCRIPT_FILENAME {at}/dokuwiki/doku.php; fastcgi_param SCRIPT_NAME /doku.php; fastcgi_param REQUEST_URI $request_uri;
			fastcgi_param DOCUMENT_ROOT {at}/dokuwiki; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param QUERY_STRING $query_string;
			fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param SERVER_PROTOCOL $server_protocol;
			fastcgi_param REMOTE_ADDR $remote_addr; fastcgi_param SERVER_NAME localhost; fastcgi_param SERVER_PORT {port};
			fastcgi_param HTTP_HOST $http_host; fastcgi_pass unix:{at}/php.socket;
		}}
	}}
}}
"""
CGITRC = """cache-root={at}/cgit-cache
cache-size=1000
cache-dynamic-ttl=60
cache-static-ttl=-1
cache-repo-ttl=60
cache-root-ttl=60
enable-index-owner=0
repo.url=guides
repo.path={repository}
"""
PHP_FPM = """[global]
error_log = {at}/php.log
daemonize = no
[wiki]
listen = {at}/php.socket
pm = static
pm.max_children = 4
php_admin_value[auto_prepend_file] = {at}/dokuwiki-where.php
{user}
"""
DOKUWIKI_WHERE = """<?php
define('DOKU_MAIN_CONF', '{at}/dokuwiki-conf/');
define('DOKU_CONF', '{at}/dokuwiki-conf/');
"""
DOKUWIKI_CONF = """<?php
$conf['title'] = 'Bench'; $conf['useacl'] = 0; $conf['savedir'] = '{at}/dokuwiki-data'; $conf['superuser'] = '';
"""


def need(program):
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/lib/cgit")
    if not found:
        raise Absent(f"{program} is not installed")
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Peers:
    """Started when first asked for, ended together."""

    def __init__(self, scratch):
        self.at = scratch / "peers"
        (self.at / "files").mkdir(parents=True)
        self.processes, self.started = {}, {}
        self.root = os.getuid() == 0
        atexit.register(self.close)

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)  # each leads a group of its own
                process.wait(timeout=30)

    def once(self, name, start):
        """start() the first time; what it returned or raised then, afterwards."""
        if name not in self.started:
            try:
                self.started[name] = start()
            except Absent as why:
                self.started[name] = why
            except Exception as why:
                self.started[name] = Absent(f"{name} did not start: {why}")
        if isinstance(self.started[name], Absent):
            raise self.started[name]
        return self.started[name]

    def spawn(self, name, *words, socket_file=None, port=None, env=None):
        log = open(self.at / f"{name}.out", "ab")
        process = subprocess.Popen([str(w) for w in words], stdout=log, stderr=log, stdin=subprocess.DEVNULL, process_group=0, env=env)
        self.processes[name] = process
        for _ in range(200):
            if process.poll() is not None:
                raise Absent(f"{name} ended: {(self.at / f'{name}.out').read_text(errors='replace').strip()[-200:]}")
            try:
                if port:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                if not socket_file or socket_file.exists():
                    return process
            except OSError:
                pass
            time.sleep(0.05)
        raise Absent(f"{name} does not answer")

    def write(self, name, text, **more):
        (self.at / name).write_text(text.format(at=self.at, **more))
        return self.at / name

    # ---- nginx ----

    def nginx(self):
        """Its port."""
        def start():
            port = free_port()
            conf = self.write("nginx.conf", NGINX, port=port, user="user root;" if self.root else "")
            self.spawn("nginx", need("nginx"), "-c", conf, "-p", self.at, "-e", self.at / "error.log", port=port)
            return port
        return self.once("nginx", start)

    def file(self, name, body):
        """The address of a static file with these bytes, from nginx."""
        port = self.nginx()
        path = self.at / "files" / name
        if not path.exists() or path.read_bytes() != body:
            path.write_bytes(body)
        url = f"http://127.0.0.1:{port}/{name}"
        with urllib.request.urlopen(url) as answer:
            assert answer.read() == body, "nginx sends other bytes"
        return url

    # ---- cgit ----

    def cgit(self, repository, path):
        """The address of a file's page in cgit."""
        def start():
            need("cgit.cgi")
            (self.at / "cgit-cache").mkdir()
            self.write("cgitrc", CGITRC, repository=repository)
            sock = self.at / "cgit.socket"
            return self.spawn("cgit", need("fcgiwrap"), "-c", "4", "-s", f"unix:{sock}", socket_file=sock)
        port = self.nginx()
        self.once("cgit", start)
        return self.checked(f"http://127.0.0.1:{port}/cgit/guides/tree/{path}", "cgit")

    # ---- dokuwiki ----

    def start_dokuwiki(self):
        need("php-fpm8.2")
        if not pathlib.Path("/usr/share/dokuwiki/doku.php").exists():
            raise Absent("dokuwiki is not installed")
        shutil.copytree("/usr/share/dokuwiki", self.at / "dokuwiki", ignore=lambda _, names: [n for n in names if n == ".htaccess"])
        shutil.copytree("/etc/dokuwiki", self.at / "dokuwiki-conf", ignore=lambda _, names: [n for n in names if n.startswith(("users.auth", "acl.auth", "local"))])
        shutil.copytree("/var/lib/dokuwiki/data", self.at / "dokuwiki-data", ignore_dangling_symlinks=True)
        for name in ("pages", "media", "attic", "meta", "media_attic", "media_meta", "cache", "index", "locks", "tmp", "log"):
            (self.at / "dokuwiki-data" / name).mkdir(exist_ok=True)
        self.write("dokuwiki-where.php", DOKUWIKI_WHERE)
        self.write("dokuwiki-conf/local.php", DOKUWIKI_CONF)
        conf = self.write("php-fpm.conf", PHP_FPM, user="user = root" if self.root else "")
        sock = self.at / "php.socket"
        return self.spawn("php-fpm", need("php-fpm8.2"), "--nodaemonize", *(["--allow-to-run-as-root"] if self.root else []), "--fpm-config", conf, socket_file=sock)

    def dokuwiki(self, name, text):
        """The address of a page with this text."""
        port = self.nginx()
        self.once("dokuwiki", self.start_dokuwiki)
        url = f"http://127.0.0.1:{port}/doku.php?id={name}"
        if not self.has_page(name):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/doku.php", self.dokuwiki_form(name, text).encode()).close()
        return self.checked(url, "dokuwiki")

    def dokuwiki_form(self, name, text):
        """What a browser sends to save a page; without an account there is no token to fetch first."""
        return urllib.parse.urlencode({"id": name, "do[save]": "Save", "wikitext": text, "prefix": ".", "suffix": "", "summary": "", "rev": "0", "sectok": ""})

    def has_page(self, name):
        return (self.at / "dokuwiki-data/pages" / f"{name}.txt").exists()

    # ---- fossil ----

    def fossil(self, text):
        """The address of a wiki page with this text."""
        def start():
            program, port, repository = need("fossil"), free_port(), self.at / "guides.fossil"
            env = {**os.environ, "HOME": str(self.at), "USER": "bench"}
            (self.at / "fossil-page.md").write_text(text)
            for words in (["init", repository], ["wiki", "create", "guide", self.at / "fossil-page.md", "-R", repository, "--mimetype", "text/x-markdown"]):
                subprocess.run([program, *map(str, words)], env=env, check=True, capture_output=True)
            self.spawn("fossil", program, "server", "--localhost", "--port", port, repository, port=port, env=env)
            return port
        return self.checked(f"http://127.0.0.1:{self.once('fossil', start)}/wiki?name=guide", "fossil")

    def checked(self, url, who):
        """A page that holds a guide, or that peer is not there."""
        try:
            with urllib.request.urlopen(url) as answer:
                body = answer.read()
        except OSError as why:
            raise Absent(f"{who}: {why}")
        if b"Before the first post" not in body:
            raise Absent(f"{who} does not show the guide: {body[:200]!r}")
        return url
