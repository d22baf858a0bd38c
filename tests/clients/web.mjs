// Prints the scores of image files by the browser client of docs/clients.md in Chromium: node web.mjs CHROMIUM FOLDER IMAGE...
// The images are in the folder.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";

const [chromium, folder, ...images] = process.argv.slice(2);
const packages = join(import.meta.dirname, "node_modules");
const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

const page = `<!doctype html>
<script type="importmap">{ "imports": { "onnxruntime-web/wasm": "/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs" } }</script>
<script type="module">
  const report = body => fetch("/result", { method: "POST", body: JSON.stringify(body) });
  try {
    const { classify } = await import("/classify.js");
    const scores = [];
    for (const name of ${JSON.stringify(images.map(image => basename(image)))})
      scores.push(await classify(await (await fetch(name)).blob()));
    await report(scores);
  } catch (error) {
    await report({ error: error.stack });
  }
</script>`;

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(request.url);
  if (request.method === "POST") {
    let body = "";
    for await (const part of request)
      body += part;
    response.end();
    server.emit("result", body);
  } else if (path === "/")
    response.setHeader("Content-Type", "text/html").end(page);
  else
    try {
      const content = await readFile(path.startsWith("/node_modules/") ? join(packages, path.slice(14)) : join(folder, path));
      response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream").end(content);
    } catch {
      response.writeHead(404).end();
    }
});
await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));

const profile = await mkdtemp(join(tmpdir(), "client-"));
const result = new Promise(resolve => server.once("result", resolve));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`,
  `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
const exited = new Promise(resolve => browser.once("exit", resolve));
const scores = await Promise.race([result, exited.then(code => JSON.stringify({ error: `Chromium exited with ${code}.` }))]);
browser.kill();
await exited;
server.closeAllConnections();
server.close();
await rm(profile, { recursive: true, force: true, maxRetries: 5 });
console.log(scores);
