import { predict as predictHere } from "./browser-model.js";

const AGREEMENT = 1e-4;
const get = id => document.getElementById(id);
const percent = value => `${(100 * value).toFixed(1)}%`;

let model;      // The description of the model by the server.
let image;      // The image that is shown.
let request;    // Stops the requests for the image before.

// The model

async function refreshModel() {
  model = await (await fetch("api/model")).json();
  get("setup").hidden = model.isLoaded;
  get("setup-problem").replaceChildren(...withCode(model.problem ?? ""));
  get("setup-train").hidden = !model.canTrain;
  get("train").disabled = model.training.phase === "Running";
  get("setup-progress").textContent = {
    Running: `Training: ${model.training.message}`,
    Failed: `The training failed: ${model.training.message}`,
  }[model.training.phase] ?? "";
  get("model").textContent = model.isLoaded
    ? `Model: ${model.student ?? "a student"}, ${model.classes.length} emotions.` : "";
  if (!model.isLoaded)
    setTimeout(refreshModel, 2000);
}

// Text between backticks becomes code.
function withCode(text) {
  return text.split("`").map((part, i) => {
    const element = document.createElement(i % 2 ? "code" : "span");
    element.textContent = part;
    return element;
  });
}

get("train").addEventListener("click", async () => {
  get("train").disabled = true;
  const response = await fetch("api/train", { method: "POST" });
  if (!response.ok)
    showError(await problemOf(response));
  await refreshModel();
});

// An image

async function show(file) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  image = file;
  URL.revokeObjectURL(get("original").src);
  get("original").src = URL.createObjectURL(file);
  get("error").hidden = get("result").hidden = true;
  get("status").textContent = "Reading the image …";
  try {
    const prediction = await post("api/predict", file, signal);
    showPrediction(prediction);
    await Promise.all([
      explain(prediction.emotion, signal),
      get("local").checked ? compare(file, prediction, signal) : null,
    ]);
  } catch (error) {
    if (!signal.aborted)
      showError(error);
  }
}

async function post(path, file, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST", body: file, signal, headers: { "Content-Type": file.type || "application/octet-stream" },
    });
  } catch (error) {
    throw signal.aborted ? error : new Error("The server cannot be reached.");
  }
  if (!response.ok)
    throw await problemOf(response);
  return response.json();
}

async function problemOf(response) {
  const problem = await response.json().catch(() => ({ title: `The server answered with status ${response.status}.` }));
  const error = new Error(problem.detail ?? problem.title);
  error.title = problem.detail ? problem.title : undefined;
  return error;
}

function showError(error) {
  get("status").textContent = "";
  const title = document.createElement("strong");
  title.textContent = error.title ?? "That did not work.";
  get("error").replaceChildren(title, error.message);
  get("error").hidden = false;
}

function showPrediction(prediction) {
  get("summary").textContent = prediction.summary;
  get("doubt").hidden = !prediction.uncertain;
  get("bars").replaceChildren(...prediction.emotions
    .toSorted((a, b) => b.probability - a.probability).map(row));
  get("bars").firstElementChild.classList.add("top");
  get("emotion").replaceChildren(...prediction.emotions.map(({ emotion }) => new Option(emotion)));
  get("emotion").value = prediction.emotion;
  get("result").classList.remove("compared");
  get("agreement").hidden = true;
  get("overlay").removeAttribute("src");
  get("overlay-caption").textContent = "Drawing the evidence …";
  get("result").hidden = false;
  get("status").textContent = "";
  get("summary").focus();
}

function row({ emotion, probability }) {
  const element = document.createElement("tr");
  element.dataset.emotion = emotion;
  element.innerHTML = '<th scope="row"></th><td><div class="bar">'
    + '<span class="track" aria-hidden="true"><span class="fill"></span></span>'
    + '<span class="number"></span></div></td><td class="local"></td>';
  element.querySelector("th").textContent = emotion;
  element.querySelector(".fill").style.setProperty("--share", probability);
  element.querySelector(".number").textContent = percent(probability);
  return element;
}

async function explain(emotion, signal) {
  try {
    const answer = await post(`api/explain?emotion=${encodeURIComponent(emotion)}`, image, signal);
    get("overlay").src = answer.overlay;
    get("overlay").alt = `The image in gray; colors mark the evidence for ${emotion}`;
    get("overlay-caption").textContent = `Evidence for ${emotion}`;
  } catch (error) {
    if (!signal.aborted)
      get("overlay-caption").textContent = error.message;
  }
}

get("emotion").addEventListener("change", () => explain(get("emotion").value, request.signal));

// The same model in the browser

async function compare(file, prediction, signal) {
  const line = get("agreement");
  line.hidden = false;
  line.textContent = "Computing in this browser …";
  try {
    if (model.loadedAt !== prediction.loadedAt)
      await refreshModel();
    const scores = await predictHere(file, model);
    if (signal.aborted)
      return;
    let largest = 0;
    for (const [i, { emotion, probability }] of prediction.emotions.entries()) {
      largest = Math.max(largest, Math.abs(scores[i] - probability));
      get("bars").querySelector(`[data-emotion="${CSS.escape(emotion)}"] .local`).textContent = percent(scores[i]);
    }
    get("result").classList.add("compared");
    const difference = largest < 1e-6 ? "below 0.000001" : largest.toFixed(6);
    line.textContent = largest <= AGREEMENT
      ? `The server and this browser agree. The largest difference of a probability is ${difference}.`
      : `The largest difference of a probability between the server and this browser is ${difference}. `
        + "The server decodes a JPEG from 448 pixels per side at a fraction of its size; a browser decodes all pixels.";
    line.dataset.difference = largest;
  } catch (error) {
    line.textContent = `The model cannot run in this browser: ${error.message}`;
  }
}

get("local").addEventListener("change", () => {
  if (image && !get("result").hidden && get("local").checked)
    show(image);
});

// Sources of images

get("file").addEventListener("change", () => {
  const [file] = get("file").files;
  get("file").value = "";
  if (file)
    show(file);
});

for (const type of ["dragover", "dragleave", "drop"])
  document.addEventListener(type, event => {
    event.preventDefault();
    get("drop").classList.toggle("over", type === "dragover");
    const file = type === "drop" && event.dataTransfer.files[0];
    if (file)
      show(file);
  });

document.addEventListener("paste", event => {
  const [file] = event.clipboardData.files;
  if (file)
    show(file);
  else if (!event.target.closest("input, select"))
    showError(new Error("The clipboard does not contain an image."));
});

get("paste").hidden = !navigator.clipboard?.read;
get("paste").addEventListener("click", async () => {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find(name => name.startsWith("image/"));
      if (type)
        return show(await item.getType(type));
    }
    showError(new Error("The clipboard does not contain an image."));
  } catch (error) {
    showError(error);
  }
});

get("camera").hidden = !navigator.mediaDevices?.getUserMedia;
get("camera").addEventListener("click", async () => {
  try {
    get("video").srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    // Before the first frame, a photo would have no pixels.
    get("shoot").disabled = true;
    get("viewfinder").hidden = false;
    await get("video").play();
    get("shoot").disabled = false;
    get("shoot").focus();
  } catch (error) {
    showError(new Error(`The camera cannot be used: ${error.message}`));
  }
});
get("shoot").addEventListener("click", () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [get("video").videoWidth, get("video").videoHeight];
  canvas.getContext("2d").drawImage(get("video"), 0, 0);
  canvas.toBlob(show, "image/png");
});
get("stop").addEventListener("click", () => {
  for (const track of get("video").srcObject.getTracks())
    track.stop();
  get("viewfinder").hidden = true;
  get("camera").focus();
});

refreshModel().catch(() => showError(new Error("The server cannot be reached.")));
