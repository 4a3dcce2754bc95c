"""Why the operators of ATen that scoring/network/operators.txt does not name are left out: families, the first match wins."""

import dataclasses
import re
from collections.abc import Iterable

import torch


@dataclasses.dataclass(frozen=True)
class Family:
    """pattern: matches the whole of name.overload; shown: how people find it; reason: "because it …"."""

    shown: str
    reason: str
    pattern: str


FAMILIES = (
    Family("`from_file`, `save`, `load`", "names a file", r"(from_file|save|load)\..*"),
    Family("`_print`, `_assert_async`, `_foobar`, `_test_…`, `sym_constrain_range…`",
           "writes to the process's output, ends it, or is there for PyTorch's own tests",
           r"(_print|_assert_async|_functional_\w+|sym_constrain_range\w*|_foobar|_test_\w+|_make_dep_token|_linalg_check_errors)\..*"),
    Family("`….out` and what else is given its result", "writes into a tensor that is handed in; each has a form that returns its result",
           r".*(\.(\w*_)?out(_\w+)?|\.\w*_out|\.grad_input|\.\w*out\w*|\.unary_out|\.(max|min|values|indices|L|U|Q|e)$)"),
    Family("`…_backward`, `…_grad`, optimisers", "computes gradients or changes weights; scoring runs forward only",
           r"(\w*_backward\w*|_backward|\w*_grad|\w*_grad_|\w*_jvp|_amp_\w+|_fused_(adam|adamw|adagrad|sgd)_?|requires_grad_|retain(s)?_grad|"
           r"get_gradients|_make_dual\w*|_unpack_dual|_fw_primal\w*|is_leaf|output_nr|_version|is_inference)\..*"),
    Family("sparse, compressed and nested layouts", "has layouts whose indices are not checked",
           r"(\w*sparse\w*|\w*(csr|csc|bsr|bsc|coo)\w*|_?(coalesce|coalesced_?|is_coalesced|indices|values|nnz|spdiags|spsolve|dimI|dimV|hspmm|smm|"
           r"sspaddmm|cslt\w*)(_copy)?|c?(row|col)_indices(_copy)?|ccol_indices(_copy)?|_?(dense_dim|to_dense)|_nested\w*|\w*nested\w*|\w*jagged\w*|"
           r"to_padded_tensor|\w*semi_structured\w*|hspmm)\..*"),
    Family("quantised and packed weights", "has layouts whose scales and packing are not checked",
           r"(\w*quant(?!ile)\w*|q_\w+|qscheme|int_repr|\w*(int4|int8|fp16|4bit)\w*|fbgemm\w*|_saturate\w*|choose_qparams\w*|_choose_qparams\w*|\w*_obs_\w*|"
           r"_(int|scaled|grouped|scaled_grouped)_mm(_v2)?|_mixed_dtypes_linear|_wrapped_linear_prepack|_rowwise_prune|_convert_weight\w*)\..*"),
    Family("`set_`, `resize_`, `storage`, `data`", "rebinds a tensor to memory of another size or owner, or tells where its memory lies",
           r"(set|set_|set_data|_?resize\w*|\w*storage\w*|record_stream|data|_lazy_clone|is_set_to|lift|lift_fresh|_?pin_memory|is_pinned|"
           r"_copy_from\w*|_has_\w+|_debug_has\w+|sym_is_contiguous|slice_inverse|_reshape_from_tensor)\..*"),
    Family("`as_strided`, `_reshape_alias`, `_unsafe_…`, `unsafe_…`, packed sequences, `embedding_bag`",
           "reaches beyond its memory where its numbers lie",
           r"(lstm|gru|rnn_tanh|rnn_relu)\.data|(as_strided\w*|_reshape_alias\w*|_?unsafe_\w+|\w*embedding_bag\w*|_pack_padded\w*|_pad_packed\w*|_segment\w*|segment_reduce|"
           r"\w*validate\w*|_index_put_impl\w*|flatten_dense_tensors|unflatten_dense_tensors)\..*"),
    Family("`empty`, `empty_like`, `new_empty`, `empty_strided`", "returns memory that nobody wrote: another job's, perhaps",
           r"(_?(new_)?empty\w*|_efficientzerotensor|_new_zeros_with\w+|_is_zerotensor)\..*"),
    Family("`normal_`, `uniform_`, `multinomial`, `randint`, every `generator`",
           "draws random numbers in ways that are not needed; `bernoulli`, `rand`, `randn`, `poisson` and dropout run where samples and a "
           "seed are stated",
           r"(.*\.\w*[gG]enerator\w*|(\w*(random|normal|uniform|cauchy|exponential|geometric|multinomial|dirichlet|sobol|philox|standard_gamma|"
           r"binomial|rrelu|dropout)\w*|rand|randn|rand_like|randn_like|randint|randint_like|randperm|bernoulli_?|poisson|fractional_max_pool[23]d|"
           r"log_normal_?)\..*)"),
    Family("`cudnn_…`, `miopen_…`, `mkldnn_…`, `mps_…`, `_flash_attention_…`", "is one device's kernel; the operator that chooses it is allowed",
           r"(\w*(cudnn|cufft|miopen|mkldnn|mps|nnpack|vulkan|xla|triton|flash|cuda)\w*|_efficient_attention\w*|_scaled_dot_product_\w+|_fused_\w+|"
           r"_thnn_\w+|thnn_\w+|_to_cpu|_native_multi_head_attention|_transformer_encoder_layer_fwd|_transform_bias_rescale_qkv|"
           r"_slow_conv\w*|slow_conv\w*|_?conv_depthwise\w*|_addmm_activation|_add_relu_?|_fill_mem_eff\w*|_grid_sampler_2d_cpu\w*)\..*"),
    Family("`_foreach_…`, `_add_batch_dim`, `_chunk_cat`", "works on lists of tensors for optimisers, or is a part of torch.vmap and of dispatch",
           r"(_foreach_\w+|_(add|remove)_batch_dim|_chunk_cat|_autocast_\w+|_fused_sdp_choice|_propagate\w*|is_distributed|get_device|"
           r"_use_\w+|_shape_as_tensor|_dim_arange)\..*"),
    Family("`….names`, `….Dimname`", "takes named dimensions, which `torch.export` does not write", r".*\.\w*([nN]ames|[dD]imname)\w*"),
    Family("`…_copy`, `….scatter` of views", "is the form of a view for functionalised graphs; `torch.export` writes the view itself",
           r"(\w+_copy|\w+_scatter)\..*"),
    Family("losses", "compares an answer with a target, and there is none",
           r"(\w*loss\w*|kl_div|binary_cross_entropy\w*|ctc_loss)\..*"),
    Family("`…_` other than those listed", "writes into its argument; in place only where a module of `torch.nn` does that, or `x += y`",
           r"\w+_\..*"),
    Family("other names that begin with `_`", "is a part of an operator that is allowed, and promises nothing", r"_\w+\..*"),
    Family("questions to a tensor", "answers Python, not the network: sizes, layout, kind",
           r"(is_\w+|dim|numel|size|stride|can_cast|result_type|promote_types|equal|allclose|same_size|hash_tensor|retains_grad)\..*"),
    Family("all others", "is used by no network that was tried, and is added when one needs it",
           r".*"),
)


def refused(listed: Iterable[str]) -> dict[str, list[str]]:
    """Family.shown → name.overload of the operators of this LibTorch's ATen that are not `listed`, sorted."""
    listed = set(listed)
    found: dict[str, list[str]] = {family.shown: [] for family in FAMILIES}
    for full in sorted(torch._C._dispatch_get_all_op_names()):
        space, name = full.split("::")
        name = name if "." in name else name + ".default"
        if space == "aten" and name not in listed:
            found[family_of(name).shown].append(name)
    return found


def family_of(name: str) -> Family:
    return next(family for family in FAMILIES if re.fullmatch(family.pattern, name))
