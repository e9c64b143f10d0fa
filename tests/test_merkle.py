"""RFC 6962 trees: published vectors, and proofs that hold exactly when they should."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.record.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    hash_leaf,
    hash_node,
    inclusion_proof,
    is_consistent,
    is_included,
    root_of,
)

# The eight inputs and the roots of certificate-transparency's own tests (merkle_tree_test.cc, ReferenceMerkleTree).
INPUTS = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [hash_leaf(data) for data in INPUTS]


def test_empty_tree_has_the_root_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_inclusion_proofs_are_those_of_the_reference_implementation() -> None:
    proof = [h.hex() for h in inclusion_proof(LEAVES, 5)]

    assert proof == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_consistency_proofs_are_those_of_the_reference_implementation() -> None:
    proof = [h.hex() for h in consistency_proof(LEAVES, 6)]

    assert proof == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def _leaves(count: int) -> list[bytes]:
    return [hash_leaf(i.to_bytes(4, "big")) for i in range(count)]


def _root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 2.1 writes it, without a frontier."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hash_node(_root_by_definition(leaves[:k]), _root_by_definition(leaves[k:]))


@given(st.integers(1, 300))
def test_growing_frontier_agrees_with_the_definition(size: int) -> None:
    assert root_of(_leaves(size)) == _root_by_definition(_leaves(size))


@given(st.integers(0, 300))
def test_frontier_survives_storage(size: int) -> None:
    frontier = Frontier()
    for leaf in _leaves(size):
        frontier.append(leaf)

    assert Frontier.from_bytes(size, frontier.to_bytes()) == frontier


def test_frontier_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="2 peaks"):
        Frontier.from_bytes(3, b"\x00" * 32)


@given(st.data())
def test_inclusion_holds_for_its_own_leaf_and_place_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 120))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    leaves = _leaves(size)
    root, proof = root_of(leaves), inclusion_proof(leaves, index)

    assert is_included(leaves[index], index, size, proof, root)
    assert is_included(leaves[other], index, size, proof, root) == (other == index)
    assert is_included(leaves[index], other, size, proof, root) == (other == index)
    assert not is_included(leaves[index], index, size, proof, hash_leaf(b"another"))


@given(st.data())
def test_consistency_holds_for_the_true_past_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 120))
    old_size = data.draw(st.integers(1, size))
    leaves = _leaves(size)
    proof = consistency_proof(leaves, old_size)
    altered = [*leaves[: old_size - 1], hash_leaf(b"altered")]

    assert is_consistent(old_size, root_of(leaves[:old_size]), size, root_of(leaves), proof)
    assert not is_consistent(old_size, root_of(altered), size, root_of(leaves), proof)
    assert not is_consistent(old_size, root_of(leaves[:old_size]), size, hash_leaf(b"other"), proof)
