// What stands in a 3-D view: the solid, its light and shadow, the floor with its rule, its three measures.
const LINES = { floor: ["#c6d4da", "#3c545f"], strong: ["#7f939b", "#7d949e"], measure: ["#10242b", "#e4ecee"] };

async function read(three, url, kind) {
  if (kind === "glb") return (await new three.GLTFLoader().loadAsync(url)).scene;
  const loader = kind === "ply" ? new three.PLYLoader() : new three.STLLoader();
  const geometry = await loader.loadAsync(url);
  if (!geometry.getAttribute("normal")) geometry.computeVertexNormals();
  const material = new three.MeshStandardMaterial({ color: "#a3b4bc", roughness: 0.68, side: three.DoubleSide });
  const made = new three.Group();
  made.add(new three.Mesh(geometry, material));
  return made;
}

/** A room of soft panels, so that metal has something to mirror. */
function surroundings(three, renderer) {
  const room = new three.Scene();
  const panel = (colour, strength, size, place) => {
    const material = new three.MeshBasicMaterial({ color: new three.Color(colour).multiplyScalar(strength), side: three.BackSide });
    const made = new three.Mesh(new three.BoxGeometry(...size), material);
    made.position.set(...place);
    room.add(made);
  };
  panel("#cfd8dc", 0.5, [20, 20, 20], [0, 0, 0]);
  panel("#ffffff", 7, [8, 0.2, 8], [-3, 9, 3]);
  panel("#ffffff", 4, [0.2, 8, 6], [9, 3, 2]);
  panel("#eaf4ff", 3, [6, 6, 0.2], [-5, 3, -9]);
  const maker = new three.PMREMGenerator(renderer);
  const { texture } = maker.fromScene(room, 0.06, 0.1, 100, { size: 64 });
  maker.dispose();
  return texture;
}

function lines(three, points, colour) {
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.Float32BufferAttribute(points.flat(), 3));
  const made = new three.LineSegments(geometry, new three.LineBasicMaterial({ color: colour[0], toneMapped: false }));
  made.userData.colour = colour;
  return made;
}

const label = (view, of, text, from, to = from) => {
  view.labels.push({ node: element("span", of, view.overlay, text), from, to, of });
};

const rounded = (size) => {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((times) => times * power).find((length) => length >= size * 0.999);
};

/** Cells of a tenth of the rule, the rule itself along the front edge. */
function floorOf(view, size) {
  const { three, data } = view;
  const rule = data.rule || rounded(Math.max(size.x, size.z));
  const half = (rule / 2) * Math.max(1, Math.ceil(Math.max(size.x, size.z) / rule));
  const cell = rule / 10;
  const thin = [];
  for (let at = -half; at <= half + cell / 2; at += cell) thin.push([at, 0, -half], [at, 0, half], [-half, 0, at], [half, 0, at]);
  const edge = half + cell * 0.6;
  const strong = [[-rule / 2, 0, edge], [rule / 2, 0, edge]];
  for (let tick = 0; tick <= 10; tick++) {
    const at = -rule / 2 + tick * cell;
    strong.push([at, 0, edge], [at, 0, edge - cell * (tick % 5 ? 0.22 : 0.45)]);
  }
  const floor = new three.Group();
  floor.add(lines(three, thin, LINES.floor), lines(three, strong, LINES.strong));
  const place = (x) => new three.Vector3(x, 0, edge + cell * 0.55);
  const unit = data.ruleUnit ? ` ${data.ruleUnit}` : "";
  const words = (value) => String(Number(value.toPrecision(3)));
  for (const [part, x] of [[0, -rule / 2], [0.5, 0], [1, rule / 2]]) label(view, "floor", part ? words(rule * part) + unit : "0", place(x));
  view.reach = { half, edge: edge + cell };
  return floor;
}

function measuresOf(view, size) {
  const { three, data } = view;
  const [x, y, z] = [size.x / 2, size.y, size.z / 2];
  const gap = 0.07 * Math.max(size.x, size.y, size.z);
  const tip = gap * 0.3;
  const [wide, deep, high] = data.measures;
  const all = [
    [[-x, 0, z + gap], [x, 0, z + gap], [0, 0, tip], wide],
    [[x + gap, 0, -z], [x + gap, 0, z], [tip, 0, 0], deep],
    [[-x - gap, 0, z], [-x - gap, y, z], [tip, 0, 0], high],
  ];
  const points = [];
  for (const [from, to, side, words] of all) {
    points.push(from, to);
    for (const end of [from, to]) points.push(end.map((at, axis) => at - side[axis]), end.map((at, axis) => at + side[axis]));
    label(view, "measures", words, new three.Vector3(...from), new three.Vector3(...to));
  }
  const made = new three.Group();
  made.add(lines(three, points, LINES.measure));
  return made;
}

function lights(view, size) {
  const { three, scene } = view;
  const far = Math.max(size.x, size.y, size.z);
  scene.environment = view.surroundings ??= surroundings(three, view.renderer);
  scene.environmentIntensity = 0.56;
  scene.add(new three.HemisphereLight("#ffffff", "#c8bba8", 0.55));
  const sun = new three.DirectionalLight("#fff8ee", 1.3);
  sun.position.set(-0.75 * far, 2.6 * far, 0.85 * far);
  sun.castShadow = true;
  sun.shadow.mapSize.set(1024, 1024);
  sun.shadow.radius = 6;
  sun.shadow.bias = -0.0008;
  sun.shadow.normalBias = 0.012 * far;
  Object.assign(sun.shadow.camera, { left: -1.3 * far, right: 1.3 * far, top: 1.3 * far, bottom: -1.3 * far, near: 0.1 * far, far: 6 * far });
  scene.add(sun);
  const ground = new three.Mesh(new three.PlaneGeometry(12 * far, 12 * far), new three.ShadowMaterial({ opacity: 0.13 }));
  ground.rotation.x = -Math.PI / 2;
  ground.position.y = -0.001 * far;
  ground.receiveShadow = true;
  scene.add(ground, contact(three, view.solid, size));
  view.ground = ground;
}

/** The darkness where it stands: the lowest part's outline from above, blurred. */
function contact(three, solid, size) {
  const [sharp, soft] = [0, 1].map(() => Object.assign(document.createElement("canvas"), { width: 256, height: 256 }));
  const pen = sharp.getContext("2d");
  const span = 1.5 * Math.max(size.x, size.z);
  const at = (value) => 128 + (value / span) * 256;
  const corner = new three.Vector3();
  solid.traverse((node) => {
    const points = node.geometry?.getAttribute("position");
    if (!points) return;
    const every = Math.max(1, Math.floor(points.count / 6_000));
    for (let index = 0; index < points.count; index += every) {
      corner.fromBufferAttribute(points, index).applyMatrix4(node.matrixWorld);
      if (corner.y < 0.06 * size.y) pen.fillRect(at(corner.x) - 4, at(corner.z) - 4, 8, 8);
    }
  });
  const blurred = soft.getContext("2d");
  blurred.filter = "blur(7px)";
  blurred.globalAlpha = 0.34;
  blurred.drawImage(sharp, 0, 0);
  const material = new three.MeshBasicMaterial({ map: new three.CanvasTexture(soft), transparent: true, depthWrite: false, toneMapped: false });
  const made = new three.Mesh(new three.PlaneGeometry(span, span), material);
  made.rotation.x = -Math.PI / 2;
  made.position.y = 0.0005 * span;
  return made;
}

function repaint(view) {
  const night = view.isDark();
  view.scene.traverse((node) => {
    if (node.userData.colour) node.material.color.set(node.userData.colour[Number(night)]);
  });
  view.ground.material.opacity = night ? 0.4 : 0.12;
  render(view);
}

async function load(view, url, data) {
  view.status.hidden = false;
  view.status.className = "status";
  view.status.textContent = "Reading the shape.";
  const found = await three();
  const solid = await read(found, url, data.kind);
  if (view.url !== url || !view.root.isConnected) return; // another one was asked for meanwhile
  view.three = found;
  view.solid = solid;
  view.labels = [];
  view.overlay.replaceChildren();
  view.isDark = () => getComputedStyle(view.status).backgroundColor.match(/\d+/g)?.slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 300;
  const from = view.camera ? directionOf(view) : (view.wanted ?? WAYS.corner); // another solid is seen from where the last one was
  if (!view.renderer) stage(view);
  view.scene?.traverse((node) => {
    node.geometry?.dispose();
    node.material?.dispose();
  });
  view.scene = new found.Scene();
  if (data.up === "z") solid.rotation.x = -Math.PI / 2;
  solid.updateMatrixWorld(true);
  const box = new found.Box3().setFromObject(solid);
  const size = box.getSize(new found.Vector3());
  const middle = box.getCenter(new found.Vector3());
  solid.position.set(-middle.x, -box.min.y, -middle.z);
  solid.updateMatrixWorld(true);
  solid.traverse((node) => {
    if (node.isMesh) node.castShadow = node.receiveShadow = true;
  });
  view.middle = new found.Vector3(0, size.y / 2, 0);
  view.floor = floorOf(view, size);
  view.measures = measuresOf(view, size);
  view.scene.add(solid, view.floor, view.measures);
  lights(view, size);
  const { half, edge } = view.reach;
  const point = (x, y, z) => new found.Vector3(x, y, z);
  view.corners = [-0.62, 0.62].flatMap((x) => [point(x * size.x, size.y * 1.02, -size.z / 2), point(x * size.x, size.y * 1.02, size.z / 2), point(x * size.x, 0, -0.62 * size.z), point(x * size.x, 0, 0.62 * size.z)]);
  view.ends = [-1, 1].map((x) => point(x * Math.min(half, 0.75 * size.x), 0, edge));
  const far = Math.max(size.x, size.y, size.z);
  Object.assign(view.camera, { near: far / 50, far: far * 40 });
  Object.assign(view.controls, { minDistance: far * 0.7, maxDistance: far * 12 });
  resize(view);
  const { target, position } = aimFrom(view, from);
  view.controls.target.copy(target);
  view.camera.position.copy(position);
  view.controls.update();
  view.status.hidden = true;
  repaint(view);
  show(view);
  view.root.dataset.ready = data.url;
}

function stage(view) {
  const found = view.three;
  view.renderer = new found.WebGLRenderer({ canvas: view.canvas, antialias: true, alpha: true });
  view.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  view.renderer.shadowMap.enabled = true;
  view.renderer.shadowMap.type = found.PCFShadowMap;
  view.renderer.toneMapping = found.NeutralToneMapping;
  view.camera = new found.PerspectiveCamera(FOV, 1, 0.01, 100);
  view.controls = new found.OrbitControls(view.camera, view.canvas);
  Object.assign(view.controls, { enableDamping: false, maxPolarAngle: Math.PI / 2 });
  view.controls.addEventListener("change", () => render(view));
  view.controls.addEventListener("end", () => keep(view));
  view.canvas.style.touchAction = "pan-y";
  view.watcher = new ResizeObserver(() => resize(view));
  view.watcher.observe(view.area);
  view.scheme = matchMedia("(prefers-color-scheme: dark)");
  view.repaint = () => repaint(view);
  view.scheme.addEventListener("change", view.repaint);
}

function resize(view) {
  const { clientWidth: wide, clientHeight: tall } = view.area;
  if (!wide || !view.renderer) return;
  view.renderer.setSize(wide, tall, false);
  view.camera.aspect = wide / tall;
  view.camera.updateProjectionMatrix();
  if (view.corners) render(view);
}
