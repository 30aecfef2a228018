"""The hub's music models with random weights of a few hundred kilobytes, saved as their real repositories are laid out."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import torch

WORDS = ("calm", "piano", "loud", "rock", "drums", "slow", "jazz", "a", "and", "with")


def musicgen(folder: Path) -> None:
    """32 kHz mono, 50 frames a second of 640 samples, 4 codebooks: as musicgen-small, with 16 units instead of 1024."""
    from transformers import (
        EncodecConfig,
        GenerationConfig,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        T5Config,
    )

    torch.manual_seed(0)
    text = T5Config(vocab_size=64, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    sound = EncodecConfig(
        sampling_rate=32_000,
        target_bandwidths=[1.0],
        hidden_size=16,
        codebook_dim=16,
        codebook_size=32,
        num_filters=2,
        num_lstm_layers=1,
        upsampling_ratios=[8, 5, 4, 4],
        normalize=False,
        chunk_length_s=None,
    )
    decoder = MusicgenDecoderConfig(
        vocab_size=32,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=16,
        num_codebooks=4,
        pad_token_id=32,
        bos_token_id=32,
    )
    parts = {"text_encoder": text.to_dict(), "audio_encoder": sound.to_dict(), "decoder": decoder.to_dict()}
    model = MusicgenForConditionalGeneration(MusicgenConfig(**parts))
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()  # zeros when made: every token would sound alike
    model.generation_config = GenerationConfig(
        do_sample=True, guidance_scale=3.0, max_length=1500, decoder_start_token_id=32, pad_token_id=32, bos_token_id=32
    )
    model.save_pretrained(folder)
    _t5_tokenizer(folder)


def ace_step(folder: Path) -> None:
    """48 kHz stereo, 25 latents a second of 1920 samples, turbo: as ACE-Step 1.5, with 16 units instead of 2560."""
    from diffusers import AceStepPipeline, AceStepTransformer1DModel, FlowMatchEulerDiscreteScheduler
    from diffusers.pipelines.ace_step import AceStepConditionEncoder
    from transformers import Qwen3Config, Qwen3Model

    torch.manual_seed(0)
    common = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8}
    vae = _autoencoder(
        encoder_hidden_size=2,
        downsampling_ratios=[2, 4, 4, 6, 10],
        decoder_input_channels=4,
        sampling_rate=48_000,
    )
    text_encoder = Qwen3Model(Qwen3Config(vocab_size=64, num_hidden_layers=1, pad_token_id=0, **common))
    transformer = AceStepTransformer1DModel(
        num_hidden_layers=2, in_channels=12, audio_acoustic_hidden_dim=4, is_turbo=True, model_version="turbo", **common
    )
    condition_encoder = AceStepConditionEncoder(
        text_hidden_dim=16, timbre_hidden_dim=4, num_lyric_encoder_hidden_layers=1, num_timbre_encoder_hidden_layers=1, **common
    )
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0)
    pipe = AceStepPipeline(vae, text_encoder, _tokenizer(), transformer, condition_encoder, scheduler)
    pipe.save_pretrained(folder)


def stable_audio(folder: Path) -> None:
    """44.1 kHz stereo on the card's own scheduler, with 64 latents of 256 samples instead of 1024 of 2048: 0.37 s at most."""
    from diffusers import EDMEulerScheduler, StableAudioDiTModel, StableAudioPipeline, StableAudioProjectionModel
    from transformers import T5Config, T5EncoderModel, T5TokenizerFast

    torch.manual_seed(0)
    vae = _autoencoder(encoder_hidden_size=2, downsampling_ratios=[4, 8, 8], decoder_input_channels=4)
    text_encoder = T5EncoderModel(T5Config(vocab_size=64, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2))
    projection = StableAudioProjectionModel(text_encoder_dim=8, conditioning_dim=8, min_value=0, max_value=512)
    transformer = StableAudioDiTModel(
        sample_size=64,
        in_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=2,
        num_key_value_attention_heads=1,
        out_channels=4,
        cross_attention_dim=8,
        time_proj_dim=8,
        global_states_input_dim=16,
        cross_attention_input_dim=8,
    )
    scheduler = EDMEulerScheduler(
        sigma_min=0.3, sigma_max=500, sigma_data=1.0, sigma_schedule="exponential", prediction_type="v_prediction"
    )
    _t5_tokenizer(folder / "tokenizer")
    tokenizer = T5TokenizerFast.from_pretrained(folder / "tokenizer", local_files_only=True)
    pipe = StableAudioPipeline(vae, text_encoder, projection, tokenizer, transformer, scheduler)
    pipe.save_pretrained(folder)
    for name in ("model_index.json", "scheduler/scheduler_config.json"):  # the card's own, which is not made without torchsde
        path = folder / name
        path.write_text(path.read_text().replace("EDMEulerScheduler", "CosineDPMSolverMultistepScheduler"))


def _autoencoder(**config: Any) -> Any:
    from diffusers import AutoencoderOobleck

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*weight_norm", category=FutureWarning)
        return AutoencoderOobleck(channel_multiples=[1] * len(config["downsampling_ratios"]), decoder_channels=2, **config)


def _tokenizer() -> Any:
    """A word a token; `<|endoftext|>` as Qwen writes it."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ("<pad>", "<unk>", "<|endoftext|>", *WORDS)
    core = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", unk_token="<unk>", eos_token="<|endoftext|>")


def _t5_tokenizer(folder: Path) -> None:
    from transformers import T5TokenizerFast

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), *((f"▁{word}", -2.0) for word in WORDS)]
    T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=32).save_pretrained(folder)


def add_a_pickle(folder: Path) -> None:
    """What a repository often holds beside: nothing may read it."""
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04never")
    (folder / "modeling.py").write_text(f"raise SystemExit({json.dumps('code of a model was run')})\n")
