// What is drawn of a sound: its waveform, and its spectrogram in dB of full scale. No library. Read before the components that use it.
const SEA = ["#083b4c", "#0b5268", "#176981", "#2f8098", "#4f97ac", "#71adbe", "#93c1ce", "#b3d4dd", "#cfe4ea", "#e6f1f4"]; // quiet to loud
const RANGE_DB = 70;
const LOWEST_HZ = 40;
const PER_COLUMN = 8; // windows of a column at most: of a long sound some are left out

const COLOURS = (() => {
  const stops = SEA.map((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)));
  const table = new Uint8Array(256 * 3);
  for (let level = 0; level < 256; level += 1) {
    const place = (level / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    for (let part = 0; part < 3; part += 1) {
      table[3 * level + part] = Math.round(stops[below][part] + (place - below) * (stops[below + 1][part] - stops[below][part]));
    }
  }
  return table;
})();

function fourier(size) {
  const bits = Math.log2(size);
  const turned = new Uint32Array(size);
  for (let i = 0; i < size; i += 1) turned[i] = (turned[i >> 1] >> 1) | ((i & 1) << (bits - 1));
  const cosines = Float32Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sines = Float32Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  return (real, imaginary) => {
    for (let i = 0; i < size; i += 1) {
      const j = turned[i];
      if (j > i) [real[i], real[j], imaginary[i], imaginary[j]] = [real[j], real[i], imaginary[j], imaginary[i]];
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0, at = 0; k < half; k += 1, at += step) {
          const [a, b] = [start + k, start + k + half];
          const x = real[b] * cosines[at] + imaginary[b] * sines[at];
          const y = imaginary[b] * cosines[at] - real[b] * sines[at];
          real[b] = real[a] - x;
          imaginary[b] = imaginary[a] - y;
          real[a] += x;
          imaginary[a] += y;
        }
      }
    }
  };
}

function mixed(buffer) {
  const first = buffer.getChannelData(0);
  if (buffer.numberOfChannels === 1) return first;
  const sum = new Float32Array(first);
  for (let channel = 1; channel < buffer.numberOfChannels; channel += 1) {
    const other = buffer.getChannelData(channel);
    for (let i = 0; i < sum.length; i += 1) sum[i] += other[i];
  }
  for (let i = 0; i < sum.length; i += 1) sum[i] /= buffer.numberOfChannels;
  return sum;
}

const rest = () => new Promise((resume) => setTimeout(resume, 0));

// {levels: dB of full scale, column by column (a sine of full scale is 0), bins, columns, rate}
async function spectrogram(buffer, columns) {
  const samples = mixed(buffer);
  const size = samples.length < 24_000 ? 1_024 : 2_048;
  const bins = size / 2;
  const count = Math.max(1, Math.min(columns, Math.ceil(samples.length / 64)));
  const levels = new Float32Array(count * bins);
  const transform = fourier(size);
  const weights = Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const [real, imaginary] = [new Float32Array(size), new Float32Array(size)];
  const span = samples.length / count;
  const windows = Math.max(1, Math.min(PER_COLUMN, Math.round(span / bins)));
  const scale = (4 / size) ** 2;
  let since = performance.now();
  for (let column = 0; column < count; column += 1) {
    const power = levels.subarray(column * bins, (column + 1) * bins);
    for (let each = 0; each < windows; each += 1) {
      const start = Math.round((column + (each + 0.5) / windows) * span - size / 2);
      for (let i = 0; i < size; i += 1) real[i] = (samples[start + i] ?? 0) * weights[i];
      imaginary.fill(0);
      transform(real, imaginary);
      for (let bin = 0; bin < bins; bin += 1) power[bin] += real[bin] ** 2 + imaginary[bin] ** 2;
    }
    for (let bin = 0; bin < bins; bin += 1) power[bin] = 10 * Math.log10((power[bin] * scale) / windows + 1e-15);
    if (performance.now() - since > 12) {
      await rest(); // the page stays awake
      since = performance.now();
    }
  }
  return { levels, bins, columns: count, rate: buffer.sampleRate };
}

// The loudest level of some spectrograms, up to the next ten: the upper end of the scale that they share.
function loudest(spectrograms) {
  let top = -120;
  for (const { levels } of spectrograms) for (const level of levels) if (level > top) top = level;
  return Math.min(0, 10 * Math.ceil(top / 10));
}

const frequencyAt = (share, highest, log) => (log ? LOWEST_HZ * (highest / LOWEST_HZ) ** share : highest * share);
const shareOf = (hertz, highest, log) => (log ? Math.log(hertz / LOWEST_HZ) / Math.log(highest / LOWEST_HZ) : hertz / highest);

// A picture of it, `rows` high; the lower end of the axis is its last row.
function painted(found, rows, top, log) {
  const { levels, bins, columns, rate } = found;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const place = (row) => (bins * frequencyAt(1 - row / rows, rate / 2, log)) / (rate / 2);
  for (let row = 0; row < rows; row += 1) {
    const [high, low] = [Math.min(place(row), bins - 1), Math.min(place(row + 1), bins - 1)];
    const [first, last] = [Math.floor(low), Math.floor(high)];
    for (let column = 0; column < columns; column += 1) {
      const at = column * bins;
      let level = -200;
      if (last - first < 2) {
        const middle = (low + high) / 2;
        const below = Math.floor(middle);
        const above = Math.min(below + 1, bins - 1);
        level = levels[at + below] + (middle - below) * (levels[at + above] - levels[at + below]);
      } else {
        for (let bin = first; bin <= last; bin += 1) level = Math.max(level, levels[at + bin]);
      }
      const shade = 3 * Math.max(0, Math.min(255, Math.round((255 * (level - top + RANGE_DB)) / RANGE_DB)));
      const pixel = 4 * (row * columns + column);
      [image.data[pixel], image.data[pixel + 1], image.data[pixel + 2]] = [COLOURS[shade], COLOURS[shade + 1], COLOURS[shade + 2]];
      image.data[pixel + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// [lowest, highest] sample of each column, full scale 1
function peaks(buffer, columns) {
  const samples = mixed(buffer);
  const found = new Float32Array(2 * columns);
  for (let column = 0; column < columns; column += 1) {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * samples.length) / columns));
    let [low, high] = [0, 0];
    for (let i = from; i < Math.max(to, from + 1); i += 1) {
      const sample = samples[i] ?? 0;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    [found[2 * column], found[2 * column + 1]] = [low, high];
  }
  return found;
}

function sized(canvas) {
  const { clientWidth, clientHeight } = canvas;
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  [canvas.width, canvas.height] = [Math.max(1, Math.round(clientWidth * ratio)), Math.max(1, Math.round(clientHeight * ratio))];
  return canvas.getContext("2d");
}

// A canvas takes no `light-dark()`: what the page made of it.
const colourOf = (node, name) => {
  node.style.color = `var(${name})`;
  return getComputedStyle(node).color;
};

function drawWave(canvas, found, limit = 1) {
  const context = sized(canvas);
  const { width, height } = canvas;
  const columns = found.length / 2;
  context.fillStyle = colourOf(canvas, "--wave");
  for (let x = 0; x < width; x += 1) {
    const from = Math.floor((x * columns) / width);
    const to = Math.max(from + 1, Math.floor(((x + 1) * columns) / width));
    let [low, high] = [0, 0];
    for (let i = from; i < to; i += 1) [low, high] = [Math.min(low, found[2 * i]), Math.max(high, found[2 * i + 1])];
    const [top, bottom] = [high, low].map((sample) => (height / 2) * (1 - Math.max(-1, Math.min(1, sample / limit))));
    context.fillRect(x, Math.min(top, height / 2 - 0.5), 1, Math.max(bottom - top, 1));
  }
}

function drawPicture(canvas, picture) {
  const context = sized(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
}

const TIMES = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300];

// [(share of the width, words)], at most some seven
function timeTicks(duration) {
  const step = TIMES.find((one) => duration / one <= 7) ?? 600;
  const ticks = [];
  for (let i = 0; i * step <= duration * 1.0001; i += 1) {
    const time = i * step;
    const words = step >= 30 ? `${Math.floor(time / 60)}:${String(time % 60).padStart(2, "0")}` : `${Number(time.toFixed(2))}`;
    ticks.push([time / duration, `${words}${step >= 30 ? " min" : " s"}`]);
  }
  return ticks;
}

const LOG_HZ = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

function frequencyTicks(highest, log) {
  const step = highest > 30_000 ? 10_000 : highest > 12_000 ? 5_000 : highest > 5_000 ? 2_000 : 1_000;
  const linear = Array.from({ length: Math.floor(highest / step) + 1 }, (_, i) => i * step);
  const shown = (log ? LOG_HZ : linear).map((hertz) => [shareOf(hertz, highest, log), `${hertz / 1_000}`]);
  return shown.filter(([share]) => share < 0.95);
}
