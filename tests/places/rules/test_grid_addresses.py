"""Addresses and lists of houses, as people write them."""

import pytest

from lianxin.places.rules.addresses import grid_number, houses_of, normal


def fits(listed, said):
    return max((one.fits(normal(said)) for one in houses_of(listed)), default=0)


def may_fit(listed, said):
    return max((one.may_fit(normal(said)) for one in houses_of(listed)), default=0)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("润城路1-20号", "润城路12号"),
        ("润城路1号至20号", "润城路 １２ 号"),
        ("润城路１号—２０号，南屏巷", "润城路12号3栋2单元"),
        ("润城路1-20号", "润城路12"),
        ("润城路双号1-20号", "润城路12号"),
        ("润城路2、4、12号", "润城路12号"),
        ("1-6栋", "三栋"),
        ("1、3、5栋", "3号楼"),
        ("润城一区1—6幢", "润城一区三幢402"),
        ("三组至六组", "第四村民小组"),
        ("玉龙小区；官庄小学", "官庄小学门口"),
    ],
)
def test_an_entry_that_fits(listed, said):
    assert fits(listed, said)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("润城路1-20号", "润城路21号"),
        ("润城路1-20号", "润城路112号"),
        ("润城路1-20号", "南屏路12号"),
        ("润城路单号1-19号", "润城路12号"),
        ("1-6栋", "7栋"),
        ("1-6栋", "16栋"),
        ("1-6栋", "3号"),
        ("路", "路"),
        ("", "润城路12号"),
    ],
)
def test_an_entry_that_does_not(listed, said):
    assert not fits(listed, said)


def test_where_the_number_is_missing_it_may_fit():
    assert may_fit("润城路1-20号", "润城路") == 3
    assert may_fit("南屏巷", "南屏") == 2
    assert not may_fit("润城路1-20号", "润城路21号")
    assert not may_fit("1-6栋", "")


def test_the_longer_part_weighs_more():
    assert fits("玉龙路1号", "玉龙路1号院内") > fits("玉龙路", "玉龙路1号院内")


@pytest.mark.parametrize(
    ("said", "number", "rest"),
    [
        ("官庄社区第三网格", "3", "官庄社区"),
        ("3号网格", "3", ""),
        ("官庄社区网格12", "12", "官庄社区"),
        ("官庄社区", "", "官庄社区"),
    ],
)
def test_a_grid_named_by_its_number(said, number, rest):
    assert grid_number(normal(said)) == (number, rest)
